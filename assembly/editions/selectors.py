"""Answers about Assemblies."""

from datetime import datetime, timedelta
from typing import Final

from assembly.editions.models import Assembly

SHORTEST: Final = timedelta(hours=12)
LONGEST: Final = timedelta(days=60)


def sign_in_lasts(at: datetime) -> timedelta:
    """How long a delegate who signs in at `at` stays signed in: to the Assembly's end and a day.

    At least twelve hours, and never longer than sixty days.
    """
    assembly = Assembly.objects.current().first()
    if assembly is None:
        return SHORTEST
    left: timedelta = assembly.ends_at + timedelta(days=1) - at
    return min(max(left, SHORTEST), LONGEST)
