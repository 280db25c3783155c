"""Queueing and claiming: once for a key, in the reader's language, by one pump."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from assembly.outbox import services
from assembly.outbox.choices import Priority, State
from assembly.outbox.models import DeliveryAttempt, Message
from assembly.outbox.recipients import Recipient
from tests.racing import race

pytestmark = pytest.mark.django_db
CODE = "account/email/login_code"


def enqueue(key="k1", language="en", **options):
    return services.enqueue(
        CODE,
        to=Recipient("amina@example.org", "Amina", language),
        context={"code": "ABC-123"},
        dedupe_key=key,
        **options,
    )


def test_a_message_is_rendered_when_it_is_queued():
    message = enqueue()
    assert (message.subject, message.state) == ("Your sign-in code: ABC-123", State.QUEUED)
    assert message.text.startswith("Your sign-in code is ABC-123\n")
    assert 'lang="en" dir="ltr"' in message.html


def test_arabic_mail_runs_from_right_to_left():
    assert 'lang="ar" dir="rtl"' in enqueue(language="ar").html


def test_the_same_key_is_queued_once():
    assert enqueue().pk == enqueue().pk
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_key_is_queued_once_by_two_at_the_same_moment():
    race(*[enqueue] * 4)
    assert Message.objects.count() == 1


def test_a_rollback_takes_the_message_with_it():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue()
        _ = 1 / 0
    assert Message.objects.count() == 0


def test_line_breaks_never_reach_the_subject_and_html_is_escaped():
    message = services.enqueue(
        CODE,
        to=Recipient("a@example.org"),
        context={"code": "1\r\nBcc: x@example.org<b>"},
        dedupe_key="hostile",
    )
    assert message.subject == "Your sign-in code: 1 Bcc: x@example.org<b>"
    assert "<b>" not in message.html


def test_claiming_takes_the_urgent_first_and_nothing_before_its_time():
    now = timezone.now()
    later = enqueue("later", not_before=now + timedelta(hours=1))
    bulk = enqueue("bulk", priority=Priority.BULK, not_before=now)
    urgent = enqueue("urgent", priority=Priority.URGENT, not_before=now)
    token, claimed = services.claim(at=now)
    assert [message.pk for message in claimed] == [urgent.pk, bulk.pk]
    later.refresh_from_db()
    assert (later.state, {message.lease_token for message in claimed}) == (State.QUEUED, {token})


@pytest.mark.django_db(transaction=True)
def test_two_pumps_never_claim_the_same_message():
    now = timezone.now()
    keys = {enqueue(f"k{n}", not_before=now).pk for n in range(20)}
    results = race(*[partial(services.claim, at=now, limit=10)] * 4)
    claimed = [message.pk for _token, messages in results for message in messages]
    assert sorted(claimed) == sorted(keys)


def test_a_lease_that_ran_out_is_queued_again_and_its_old_holder_changes_nothing():
    now = timezone.now()
    message = enqueue(not_before=now)
    token, [held] = services.claim(at=now)
    assert services.release_abandoned(at=now + timedelta(minutes=1)) == 0
    assert services.release_abandoned(at=now + timedelta(minutes=3)) == 1
    services.mark_sent(message=held, token=token, at=now, answer="250")
    message.refresh_from_db()
    assert message.state == State.QUEUED


def test_what_is_too_late_is_dropped():
    now = timezone.now()
    enqueue(expires_at=now)
    assert services.expire(at=now) == 1
    assert Message.objects.get().state == State.CANCELLED


def test_a_sensitive_body_is_blanked_when_it_is_sent():
    now = timezone.now()
    enqueue(sensitive=True, not_before=now)
    token, [held] = services.claim(at=now)
    services.mark_sent(message=held, token=token, at=now, answer="250")
    row = Message.objects.get()
    blank = "(removed after sending)"
    assert (row.state, row.subject, row.text, row.html) == (State.SENT, blank, blank, "")
    assert DeliveryAttempt.objects.get().outcome == "accepted"
