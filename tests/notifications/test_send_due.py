"""`manage.py send_due`: everything beat does for mail, once."""

import pytest
import time_machine
from django.core.management import call_command

from assembly.notifications.models import Told
from assembly.outbox.models import Pulse
from tests.conftest import free_port
from tests.notifications.conftest import HALF_PAST_EIGHT, plan, subjects
from tests.sink import Sink, listening

pytestmark = pytest.mark.django_db


def test_what_is_due_is_planned_written_and_sent(programme, hour_before, amina, settings, capsys):
    Told.objects.create(assembly=programme, number=1)
    plan(programme)
    port = free_port()
    settings.EMAIL_BACKEND = settings.SMTP_BACKEND
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    with listening(Sink(), port), time_machine.travel(HALF_PAST_EIGHT, tick=True):
        call_command("send_due")
    assert subjects(state="sent") == [("amina@police.example", "09:30 Lomond: Plenary")]
    assert "1 mails accepted by the mail server." in capsys.readouterr().out
    assert Pulse.objects.count() == 1
