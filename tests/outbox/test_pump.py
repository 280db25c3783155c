"""The pump against a real mail server, and a real Celery worker that a commit wakes."""

import time
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from celery.contrib.testing.worker import start_worker
from django.db import transaction
from django.utils import timezone

from assembly.celery import app
from assembly.outbox import pump, services
from assembly.outbox.choices import State
from assembly.outbox.models import DeliveryAttempt, Message
from assembly.outbox.recipients import Recipient
from tests.conftest import free_port


class Sink:
    """Keeps what it accepts; refuses addresses that say how they want to be refused."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], str]] = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        for word, answer in {"gone": "550 No such person", "busy": "451 Try later"}.items():
            if address.startswith(word):
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos, envelope.content.decode()))
        return "250 OK"


@pytest.fixture
def sink(settings):
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield handler
    controller.stop()


def enqueue(address: str, **options) -> Message:
    return services.enqueue(
        "account/email/login_code",
        to=Recipient(address, "Amina\r\nBcc: x@example.org"),
        context={"code": "ABC-123"},
        dedupe_key=address,
        **options,
    )


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("to_email", "state"))


@pytest.mark.django_db
def test_mail_is_sent_refused_or_put_back_as_the_server_answers(sink):
    for address in ("amina@example.org", "gone@example.org", "busy@example.org"):
        enqueue(address)

    assert pump.run(timezone.now) == 1

    assert states() == {
        "amina@example.org": State.SENT,
        "gone@example.org": State.FAILED,
        "busy@example.org": State.QUEUED,
    }
    assert dict(DeliveryAttempt.objects.values_list("message__to_email", "answer")) == {
        "amina@example.org": "250",
        "gone@example.org": "550 No such person",
        "busy@example.org": "451 Try later",
    }
    [(recipients, content)] = sink.mails
    assert recipients == ["amina@example.org"]
    assert "Bcc:" not in [line.split(" ")[0] for line in content.splitlines()]
    assert f"Message-ID: <{Message.objects.get(state=State.SENT).uuid}@localhost>" in content


@pytest.mark.django_db
def test_an_address_that_no_header_can_carry_fails_and_holds_up_nobody(sink):
    enqueue("amina@example.org", not_before=timezone.now())
    enqueue("poison@example.org", not_before=timezone.now() - timedelta(hours=1))
    Message.objects.filter(to_email__startswith="poison").update(to_email="poison@\r\nexample.org")

    assert pump.run(timezone.now) == 1
    assert sorted(states().values()) == [State.FAILED, State.SENT]


@pytest.mark.django_db
def test_a_pump_whose_lease_has_passed_on_sends_nothing(sink):
    now = timezone.now()
    message = enqueue("amina@example.org", not_before=now)
    token, [held] = services.claim(at=now)
    Message.objects.update(lease_token=None, state=State.QUEUED)
    assert services.renew(message=held, token=token, at=now) is False
    assert message.pk == held.pk


@pytest.mark.django_db
def test_a_message_put_back_waits_half_a_minute_and_goes_then(sink):
    start = timezone.now()
    enqueue("busy@example.org", not_before=start)
    pump.run(lambda: start)
    Message.objects.update(to_email="amina@example.org")

    assert pump.run(lambda: start + timedelta(seconds=29)) == 0
    assert pump.run(lambda: start + timedelta(seconds=30)) == 1


@pytest.mark.django_db
def test_a_mail_server_that_is_away_loses_nothing(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    enqueue("amina@example.org")

    assert pump.run(timezone.now) == 0

    assert states() == {"amina@example.org": State.QUEUED}
    assert DeliveryAttempt.objects.get().answer == "ConnectionRefusedError"


@pytest.mark.django_db(transaction=True)
def test_a_commit_wakes_the_worker_and_the_mail_goes_out(sink):
    with start_worker(app, perform_ping_check=False, pool="solo", loglevel="ERROR"):
        with transaction.atomic():
            enqueue("amina@example.org")
        for _ in range(100):
            if sink.mails:
                break
            time.sleep(0.1)
    assert [recipients for recipients, _content in sink.mails] == [["amina@example.org"]]
    assert states() == {"amina@example.org": State.SENT}
