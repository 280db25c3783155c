"""Queueing: once for a key, in the reader's language; and what is done to what waits."""

import pytest
from django.db import IntegrityError, transaction

from assembly.outbox import services
from assembly.outbox.choices import State
from assembly.outbox.models import Message, Suppression
from assembly.outbox.recipients import Recipient
from tests.conftest import NOON
from tests.outbox.conftest import enqueue, enqueue_many, states
from tests.racing import race

pytestmark = pytest.mark.django_db


def test_a_message_is_rendered_when_it_is_queued():
    message = enqueue()
    assert (message.subject, message.state) == ("Your sign-in code: ABC-123", State.QUEUED)
    assert message.text.startswith("Your sign-in code is ABC-123\n")
    assert 'lang="en" dir="ltr"' in message.html
    assert "<style" not in message.html
    assert 'style="margin: 0 0 12px;"' in message.html


def test_arabic_mail_runs_from_right_to_left():
    assert 'lang="ar" dir="rtl"' in enqueue(language="ar").html


def test_the_same_key_is_queued_once():
    assert enqueue().pk == enqueue().pk
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_key_is_queued_once_by_two_at_the_same_moment():
    race(*[enqueue] * 4)
    assert Message.objects.count() == 1


def test_many_with_a_key_that_was_used_are_none():
    enqueue_many("a@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        enqueue_many("b@example.org", "a@example.org")
    assert states() == {"a@example.org": State.QUEUED}


def test_a_rollback_takes_the_message_with_it():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue()
        _ = 1 / 0
    assert Message.objects.count() == 0


def test_line_breaks_never_reach_the_subject_and_html_is_escaped():
    message = services.enqueue(
        "account/email/login_code",
        to=Recipient("a@example.org"),
        context={"code": "1\r\nBcc: x@example.org<b>"},
        dedupe_key="hostile",
    )
    assert message.subject == "Your sign-in code: 1 Bcc: x@example.org<b>"
    assert "<b>" not in message.html


def test_a_batch_is_held_let_go_and_cancelled():
    enqueue_many("a@example.org", "b@example.org", batch="n1")
    enqueue_many("c@example.org", batch="n2")
    Message.objects.filter(to_email="a@example.org").update(state=State.SENT)

    assert services.hold(batch="n1") == 1
    assert services.let_go(batch="n1", at=NOON) == 1
    assert services.cancel(batch="n1", at=NOON) == 1
    assert states() == {
        "a@example.org": State.SENT,
        "b@example.org": State.CANCELLED,
        "c@example.org": State.QUEUED,
    }


def test_failed_ones_of_a_batch_are_queued_again_unless_their_address_is_suppressed():
    enqueue_many("a@example.org", "b@example.org", batch="n1")
    Message.objects.update(state=State.FAILED)
    Suppression.objects.create(email="b@example.org", since=NOON, answer="550")

    assert services.retry_failed(batch="n1", at=NOON) == 1
    assert states() == {"a@example.org": State.QUEUED, "b@example.org": State.FAILED}


def test_forgetting_somebody_takes_the_words_and_drops_what_waits():
    enqueue_many("a@example.org")
    Message.objects.update(user_id="u1", unsubscribe="https://a.example/t/")
    Suppression.objects.create(email="a@example.org", since=NOON, answer="550")

    assert services.forget(user_id="u1") == 1
    message = Message.objects.get()
    assert (message.to_email, message.text, message.unsubscribe, message.state) == (
        "",
        "(removed after sending)",
        "",
        State.CANCELLED,
    )
    assert Suppression.objects.count() == 0
