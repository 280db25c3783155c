"""Run as a process of its own: pumps once and is killed by the test in the middle of it."""

import django
from django.utils import timezone

django.setup()

from assembly.outbox import pump  # noqa: E402  Django has to be set up first

pump.run(timezone.now)
