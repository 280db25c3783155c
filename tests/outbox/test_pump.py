"""The pump against a real mail server, and a real Celery worker that a commit wakes."""

import time
from datetime import timedelta
from functools import partial

import pytest
from celery.contrib.testing.worker import start_worker
from django.db import transaction
from django.utils import timezone

from assembly.celery import app
from assembly.outbox import pump, services
from assembly.outbox.choices import InDoubt, Priority, State
from assembly.outbox.models import DeliveryAttempt, Message, Pulse, Suppression
from assembly.outbox.services import delivery
from tests.conftest import NOON, free_port
from tests.outbox.conftest import enqueue, enqueue_many, states
from tests.racing import race

pytestmark = pytest.mark.django_db


def at_noon() -> object:
    return NOON


def attempts() -> list[tuple[str, str, str, str]]:
    rows = DeliveryAttempt.objects.order_by("message__to_email", "pk")
    return list(rows.values_list("message__to_email", "outcome", "phase", "answer"))


def test_each_answer_has_its_end(sink, settings):
    settings.EMAIL_TIMEOUT = 1
    words = ("amina", "gone", "busy", "spam", "late", "closing", "drop", "hang")
    for word in words:
        enqueue(f"{word}@example.org")

    assert pump.run(at_noon) == 1

    assert states() == {
        "amina@example.org": State.SENT,
        "gone@example.org": State.FAILED,
        "busy@example.org": State.QUEUED,
        "spam@example.org": State.FAILED,
        "late@example.org": State.FAILED,
        "closing@example.org": State.QUEUED,
        "drop@example.org": State.UNCERTAIN,
        "hang@example.org": State.UNCERTAIN,
    }
    assert attempts() == [
        ("amina@example.org", "accepted", "", "250 2.0.0 Accepted"),
        ("busy@example.org", "later", "recipient", "451 4.7.1 Try later"),
        ("closing@example.org", "later", "dot", "421 4.3.2 Closing down"),
        ("drop@example.org", "in_doubt", "dot", "SMTPServerDisconnected"),
        ("gone@example.org", "refused", "recipient", "550 5.1.1 No such person"),
        ("hang@example.org", "in_doubt", "dot", "SMTPServerDisconnected"),
        ("late@example.org", "refused", "dot", "550 No such person after all"),
        ("spam@example.org", "refused", "dot", "554 5.7.1 We do not like this text"),
    ]
    assert sorted(Suppression.objects.values_list("email", flat=True)) == [
        "gone@example.org",
        "late@example.org",
    ]
    assert set(Message.objects.values_list("lease_token", flat=True)) == {None}


def test_a_reminder_in_doubt_goes_again_under_the_same_message_id(sink):
    [message] = enqueue_many("drop@example.org", when_in_doubt=InDoubt.RESEND)

    assert pump.run(at_noon) == 0
    assert states() == {"drop@example.org": State.QUEUED}
    assert pump.run(lambda: NOON + timedelta(minutes=1)) == 1

    ids = [mail["Message-ID"] for _address, mail in sink.mails]
    assert ids == [f"<{message.uuid}@localhost>"] * 2


def test_headers_say_who_may_be_written_to_no_more_and_carry_no_line_break(sink):
    enqueue(name="Amina\r\nBcc: x@example.org")
    pump.run(at_noon)
    [(_address, mail)] = sink.mails
    assert mail["Bcc"] is None
    assert str(mail["To"]) == '"Amina Bcc: x@example.org" <amina@example.org>'
    assert (mail["Content-Language"], mail["List-Unsubscribe"]) == ("en", None)

    Message.objects.update(unsubscribe="https://a.example/mail/unsubscribe/t/", state=State.QUEUED)
    Message.objects.update(calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    pump.run(at_noon)
    _address, mail = sink.mails[1]
    assert mail["List-Unsubscribe"] == "<https://a.example/mail/unsubscribe/t/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [attached] = mail.iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == (
        "text/calendar",
        "changes.ics",
    )


def test_an_address_that_no_header_can_carry_fails_and_holds_up_nobody(sink):
    enqueue("amina@example.org")
    enqueue("poison@example.org", not_before=NOON - timedelta(hours=1))
    Message.objects.filter(to_email__startswith="poison").update(to_email="poison@\r\nexample.org")

    assert pump.run(at_noon) == 1
    assert sorted(states().values()) == [State.FAILED, State.SENT]


def test_a_message_put_back_waits_half_a_minute_and_a_bit_and_goes_then(sink):
    enqueue("busy@example.org")
    pump.run(at_noon)

    assert pump.run(lambda: NOON + timedelta(seconds=29)) == 0
    assert pump.run(lambda: NOON + timedelta(seconds=38)) == 1


def test_a_mail_server_that_is_away_loses_nothing_and_ends_the_run(settings):
    settings.EMAIL_BACKEND = settings.SMTP_BACKEND
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    enqueue_many("a@example.org", "b@example.org", priority=Priority.BULK)

    assert pump.run(at_noon) == 0

    assert states() == {"a@example.org": State.QUEUED, "b@example.org": State.QUEUED}
    assert attempts() == [
        ("a@example.org", "later", "connect", "ConnectionRefusedError"),
        ("b@example.org", "later", "connect", "ConnectionRefusedError"),
    ]


def test_nothing_goes_to_a_suppressed_address(sink):
    enqueue("gone@example.org")
    pump.run(at_noon)
    enqueue("gone@example.org", key="another")

    assert pump.run(at_noon) == 0
    assert states() == {"gone@example.org": State.FAILED}
    assert attempts()[1] == ("gone@example.org", "refused", "", "This address is suppressed.")


@pytest.mark.parametrize("count", [21, 30])
def test_announcements_go_in_groups_of_ten_between_commits(sink, django_assert_num_queries, count):
    enqueue_many(*(f"p{n}@example.org" for n in range(count)), priority=Priority.BULK)

    with django_assert_num_queries(41):  # three groups, of however many
        assert pump.run(at_noon) == count
    assert set(states().values()) == {State.SENT}


def test_what_was_paused_after_it_was_claimed_does_not_go(sink):
    enqueue_many("a@example.org", "b@example.org", batch="n1")
    token, claimed = delivery.claim(at=NOON)
    services.hold(batch="n1")

    assert delivery.step(token=token, results=[], following=claimed[:1], at=NOON) == []
    assert states() == {"a@example.org": State.QUEUED, "b@example.org": State.LEASED}
    assert pump.run(at_noon) == 0
    services.let_go(batch="n1", at=NOON)
    assert pump.run(lambda: NOON + timedelta(minutes=2)) == 2


def test_the_last_look_drops_what_is_no_longer_true(sink, settings):
    settings.OUTBOX_LAST_LOOK = {"t/many": "tests.outbox.test_pump.only_the_first"}
    enqueue_many("a@example.org", "b@example.org")

    assert pump.run(at_noon) == 1
    assert states() == {"a@example.org": State.SENT, "b@example.org": State.CANCELLED}


def only_the_first(keys: list[int]) -> set[int]:
    return set(
        Message.objects.filter(pk__in=keys, to_email="a@example.org").values_list("pk", flat=True)
    )


def test_two_hours_on_drops_what_is_too_late_and_sends_the_rest(sink):
    enqueue_many("a@example.org")
    Message.objects.update(expires_at=NOON + timedelta(hours=1))
    enqueue_many("b@example.org")

    assert pump.run(lambda: NOON + timedelta(hours=2)) == 1
    assert states() == {"a@example.org": State.CANCELLED, "b@example.org": State.SENT}


def test_a_clock_that_goes_back_two_hours_frees_what_a_dead_pump_had_taken(sink):
    enqueue_many("a@example.org")
    delivery.claim(at=NOON + timedelta(hours=2))

    assert pump.run(at_noon) == 1
    assert states() == {"a@example.org": State.SENT}


def test_a_pace_is_kept(sink, settings):
    settings.MAIL_PER_SECOND = 20
    enqueue_many(*(f"p{n}@example.org" for n in range(5)), priority=Priority.BULK)
    began = time.monotonic()
    assert pump.run(at_noon) == 5
    assert time.monotonic() - began >= 4 / 20


def test_the_pump_is_seen(sink):
    pump.run(at_noon)
    assert Pulse.objects.get(name="pump").seen_at == NOON


@pytest.mark.django_db(transaction=True)
def test_two_pumps_at_once_send_each_mail_once(sink):
    messages = enqueue_many(*(f"p{n}@example.org" for n in range(230)))

    race(*[partial(pump.run, at_noon)] * 3)

    assert sorted(mail["Message-ID"] for _address, mail in sink.mails) == sorted(
        f"<{message.uuid}@localhost>" for message in messages
    )
    assert set(states().values()) == {State.SENT}


@pytest.mark.django_db(transaction=True)
def test_a_commit_wakes_the_worker_and_the_mail_goes_out(sink):
    with start_worker(app, perform_ping_check=False, pool="solo", loglevel="ERROR"):
        with transaction.atomic():
            enqueue(not_before=timezone.now())
        for _ in range(100):
            if sink.mails:
                break
            time.sleep(0.1)
    assert [address for address, _mail in sink.mails] == ["amina@example.org"]
    assert states() == {"amina@example.org": State.SENT}
