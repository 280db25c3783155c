"""A pump that is killed while it sends loses no message."""

import os
import signal
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils import timezone

from assembly.outbox import pump, services
from assembly.outbox.choices import State
from assembly.outbox.models import Message
from assembly.outbox.recipients import Recipient
from tests.conftest import free_port

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).parents[2]


class Sink:
    def __init__(self) -> None:
        self.recipients: list[str] = []

    async def handle_DATA(self, server, session, envelope):
        self.recipients += envelope.rcpt_tos
        return "250 OK"


def database_url() -> str:
    """Where this test's own database is, for another process."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    user = facts["USER"] or "postgres"
    return f"postgres://{user}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"


def test_a_pump_killed_while_the_server_is_silent_loses_nothing(settings):
    start = timezone.now()
    for number in range(3):
        services.enqueue(
            "account/email/login_code",
            to=Recipient(f"p{number}@example.org"),
            context={"code": "ABC-123"},
            dedupe_key=str(number),
            not_before=start,
        )
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.pump_once"],
            cwd=ROOT,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "assembly.settings.test",
                "DATABASE_URL": database_url(),
                "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            },
        )
        silent.settimeout(60)
        connected, _address = silent.accept()  # it has claimed and waits for a greeting
        assert set(Message.objects.values_list("state", flat=True)) == {State.LEASED}
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
        connected.close()
    assert process.returncode == -signal.SIGKILL

    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    try:
        assert pump.run(timezone.now) == 0, "the lease still runs"
        assert pump.run(lambda: timezone.now() + timedelta(minutes=3)) == 3
    finally:
        controller.stop()
    assert sorted(sink.recipients) == ["p0@example.org", "p1@example.org", "p2@example.org"]
    assert set(Message.objects.values_list("state", flat=True)) == {State.SENT}
