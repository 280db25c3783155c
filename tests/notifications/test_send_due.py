"""`manage.py send_due`: everything beat does for mail, once, by the database's clock."""

import pytest
from django.core.management import call_command

from assembly.outbox.models import Pulse
from tests.conftest import free_port
from tests.faults import moving
from tests.notifications.conftest import subjects
from tests.sink import Sink, listening

pytestmark = pytest.mark.django_db


def test_what_is_due_is_planned_written_and_sent(settings, capsys):
    told = moving.build(people=1)
    port = free_port()
    settings.EMAIL_BACKEND = settings.SMTP_BACKEND
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    with listening(Sink(), port):
        call_command("send_due")
    assert subjects(state="sent") == [("p0@police.example", f"{told} Lomond: Plenary")]
    assert "1 mails accepted by the mail server." in capsys.readouterr().out
    assert Pulse.objects.count() == 1
