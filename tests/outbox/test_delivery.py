"""Leases: claimed once, put back when their holder died, of no use to whoever lost them."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from assembly.outbox.choices import InDoubt, Outcome, Priority, State
from assembly.outbox.models import DeliveryAttempt, Message
from assembly.outbox.rules import Answer
from assembly.outbox.services import delivery
from assembly.outbox.services.delivery import Result
from tests.conftest import NOON
from tests.outbox.conftest import enqueue, enqueue_many, states
from tests.racing import race

pytestmark = pytest.mark.django_db
OK = Answer(Outcome.ACCEPTED, "", "250")
LATER = NOON + timedelta(seconds=61)


def test_claiming_takes_the_urgent_first_and_nothing_before_its_time():
    later = enqueue(key="later", not_before=NOON + timedelta(hours=1))
    bulk = enqueue(key="bulk", priority=Priority.BULK)
    urgent = enqueue(key="urgent", priority=Priority.URGENT)
    token, claimed = delivery.claim(at=NOON)
    assert [message.pk for message in claimed] == [urgent.pk, bulk.pk]
    later.refresh_from_db()
    assert later.state == State.QUEUED
    assert set(Message.objects.values_list("lease_token", flat=True)) == {None, token}


@pytest.mark.django_db(transaction=True)
def test_two_pumps_never_claim_the_same_message():
    keys = {enqueue(key=f"k{n}").pk for n in range(20)}
    results = race(*[partial(delivery.claim, at=NOON, limit=10)] * 4)
    claimed = [message.pk for _token, messages in results for message in messages]
    assert sorted(claimed) == sorted(keys)


def test_a_lease_that_ran_out_is_queued_again_and_its_old_holder_may_not_send():
    enqueue()
    token, claimed = delivery.claim(at=NOON)
    assert delivery.reap(at=NOON + timedelta(seconds=59)) == 0
    assert delivery.reap(at=LATER) == 1
    assert states() == {"amina@example.org": State.QUEUED}
    assert delivery.step(token=token, results=[], following=claimed, at=LATER) == []


@pytest.mark.parametrize(
    ("policy", "end"), [(InDoubt.RESEND, State.QUEUED), (InDoubt.ASK, State.UNCERTAIN)]
)
def test_what_died_while_it_was_sent_follows_the_policy_of_its_kind(policy, end):
    enqueue_many("a@example.org", when_in_doubt=policy)
    token, claimed = delivery.claim(at=NOON)
    delivery.step(token=token, results=[], following=claimed, at=NOON)

    assert delivery.reap(at=LATER) == 1
    assert states() == {"a@example.org": end}
    attempt = DeliveryAttempt.objects.get()
    assert (attempt.outcome, attempt.answer) == (
        "in_doubt",
        "The sender stopped before it had an answer.",
    )
    assert Message.objects.get().attempts == 1


@pytest.mark.parametrize("policy", InDoubt.values)
def test_a_slow_sender_that_comes_back_ends_the_doubt(policy):
    enqueue_many("a@example.org", when_in_doubt=policy)
    token, [message] = delivery.claim(at=NOON)
    delivery.step(token=token, results=[], following=[message], at=NOON)
    delivery.reap(at=LATER)
    delivery.step(token=token, results=[Result(message, OK)], following=[], at=LATER)
    assert states() == {"a@example.org": State.SENT}


def test_a_sensitive_mail_is_blanked_however_it_ends():
    for end in ("sent", "uncertain", "failed", "expired"):
        enqueue(
            f"{end}@example.org",
            sensitive=True,
            expires_at=NOON + timedelta(hours=1 if end != "expired" else 0),
        )
    delivery.expire(at=NOON)
    token, claimed = delivery.claim(at=NOON)
    sent, uncertain, failed = delivery.step(token=token, results=[], following=claimed, at=NOON)
    refused = Answer(Outcome.REFUSED, "recipient", "550")
    results = [Result(sent, OK), Result(failed, refused)]
    delivery.step(token=token, results=results, following=[], at=NOON)
    delivery.reap(at=LATER)
    blank = "(removed after sending)"
    assert set(Message.objects.values_list("state", "subject", "text", "html")) == {
        (state, blank, blank, "")
        for state in (State.SENT, State.UNCERTAIN, State.FAILED, State.CANCELLED)
    }
    assert uncertain.sensitive


def test_what_was_tried_and_is_too_late_has_failed():
    enqueue(expires_at=NOON + timedelta(minutes=1))
    Message.objects.update(attempts=1)
    assert delivery.expire(at=LATER) == 1
    assert states() == {"amina@example.org": State.FAILED}
    assert DeliveryAttempt.objects.get().answer == "It could not be delivered in time."


def test_leases_that_are_renewed_outlast_the_reaper():
    enqueue()
    token, _claimed = delivery.claim(at=NOON)
    delivery.renew(token=token, at=NOON + timedelta(seconds=50))
    assert delivery.reap(at=LATER) == 0


def test_a_partial_index_serves_the_due_query():
    now = timezone.now()
    if connection.vendor == "postgresql":
        enqueue_many(*(f"p{n}@example.org" for n in range(600)))
        Message.objects.exclude(to_email="p1@example.org").update(state=State.SENT)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE outbox_message")
    plan = Message.objects.due(now)[:100].explain()
    assert "messages_due" in plan


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.IN_DOUBT, Outcome.LATER])
def test_a_sender_that_lost_its_lease_ends_nothing_that_is_somebody_elses(outcome):
    enqueue_many("a@example.org")
    token, claimed = delivery.claim(at=NOON)
    delivery.step(token=token, results=[], following=claimed, at=NOON)
    Message.objects.update(state=State.QUEUED, lease_token=None, lease_expires_at=None)
    other, [theirs] = delivery.claim(at=LATER)
    delivery.step(token=other, results=[], following=[theirs], at=LATER)
    late = Result(claimed[0], Answer(outcome, "dot", "554 5.7.1 No"))
    delivery.step(token=token, results=[late], following=[], at=LATER)
    assert states() == {"a@example.org": State.SENDING}
    assert Message.objects.get().lease_token == other
