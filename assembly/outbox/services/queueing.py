"""Queueing messages, and what is done to those that wait."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone

from assembly.core.queue import run_after_commit
from assembly.outbox import rules
from assembly.outbox.choices import InDoubt, Priority, State
from assembly.outbox.letters import Rendered, compose, one_line
from assembly.outbox.models import DeliveryAttempt, Message, Suppression
from assembly.outbox.recipients import Recipient

AGAIN: Final = ":again:"  # in the key of a mail that was sent once more by hand
REMOVED: Final = "(removed after sending)"
BLANK: Final[dict[str, str]] = {"subject": REMOVED, "text": REMOVED, "html": "", "calendar": ""}
PUMP: Final = "assembly.outbox.tasks.pump"


def enqueue(
    template: str,
    *,
    to: Recipient,
    context: Mapping[str, Any],
    dedupe_key: str,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
    priority: int = Priority.NORMAL,
    sensitive: bool = False,
) -> Message:
    """Write a message in the caller's transaction and wake the pump on commit.

    `template` names a triple: `<template>_subject.txt`, `<template>_message.txt`,
    `<template>_message.html`. A second call with the same `dedupe_key` returns the first message.
    It is given up at `expires_at`, or after three days.
    """
    letter = compose(template, to.language, context, personal=["name"])
    parcel = Parcel(to, letter.to({"name": to.name}), dedupe_key, template=template)
    facts = _facts(parcel, not_before, expires_at, priority)
    facts |= {"sensitive": sensitive}
    message, created = Message.objects.get_or_create(dedupe_key=dedupe_key, defaults=facts)
    if created:
        run_after_commit(PUMP)
    return message


@dataclass(frozen=True)
class Parcel:
    """One of many messages that are queued at once; rendered already.

    `unsubscribe` is the address that ends such mails, `calendar` an .ics file, `about` the codes
    of the sessions it speaks of.
    """

    to: Recipient
    rendered: Rendered
    dedupe_key: str
    template: str
    about: str = ""
    calendar: str = ""
    unsubscribe: str = ""
    expires_at: datetime | None = None


@transaction.atomic
def enqueue_many(
    parcels: Iterable[Parcel],
    *,
    not_before: datetime,
    priority: int = Priority.NORMAL,
    when_in_doubt: str = InDoubt.ASK,
    batch: str = "",
) -> list[Message]:
    """Write many messages at once and wake the pump on commit; returns them in the order given.

    The keys are new: the caller holds what makes them so (a row it has claimed). Raises
    IntegrityError when one was used before, and then none is written.
    """
    messages = [
        Message(
            **_facts(parcel, not_before, parcel.expires_at, priority),
            dedupe_key=parcel.dedupe_key,
            when_in_doubt=when_in_doubt,
            batch=batch,
        )
        for parcel in parcels
    ]
    Message.objects.bulk_create(messages, batch_size=500)
    if messages:
        run_after_commit(PUMP)
    return messages


def _facts(
    parcel: Parcel, not_before: datetime | None, expires_at: datetime | None, priority: int
) -> dict[str, Any]:
    start = not_before or timezone.now()
    return {
        "template": parcel.template,
        "to_email": parcel.to.email,
        "to_name": one_line(parcel.to.name)[:200],
        "language": parcel.to.language,
        "user_id": parcel.to.user_id,
        "subject": parcel.rendered.subject,
        "text": parcel.rendered.text,
        "html": parcel.rendered.html,
        "about": parcel.about[:300],
        "calendar": parcel.calendar,
        "unsubscribe": parcel.unsubscribe,
        "not_before": start,
        "expires_at": expires_at or start + rules.LIFE,
        "priority": priority,
        "protected": parcel.to.protected,
    }


def locked(messages: "models.QuerySet[Message]") -> "models.QuerySet[Message]":
    """These messages, each row held in the order of its key: so whoever holds several of a batch
    and the pump, which does the same, never wait for each other in a ring."""
    keys = list(messages.order_by("pk").select_for_update().values_list("pk", flat=True))
    return Message.objects.filter(pk__in=keys)


@transaction.atomic
def hold(*, batch: str) -> int:
    """Pause what a batch has not sent yet; returns how many. What is on its way now still goes."""
    return locked(Message.objects.waiting().filter(batch=batch, held=False)).update(held=True)


@transaction.atomic
def let_go(*, batch: str, at: datetime) -> int:
    """Go on with a paused batch, which has its whole life anew; returns how many."""
    held = locked(Message.objects.waiting().filter(batch=batch, held=True))
    found = held.update(held=False, expires_at=Greatest("not_before", Value(at)) + rules.LIFE)
    run_after_commit(PUMP)
    return found


@transaction.atomic
def cancel(*, batch: str, at: datetime) -> int:
    """Drop what a batch has not begun to send; returns how many.

    What is being handed over now still goes, but is not tried again.
    """
    waiting = locked(Message.objects.waiting().filter(batch=batch))
    waiting.filter(state=State.SENDING).update(expires_at=at)
    unsent = waiting.filter(state__in=[State.QUEUED, State.LEASED])
    return unsent.update(state=State.CANCELLED, lease_token=None, lease_expires_at=None)


@transaction.atomic
def retry_failed(*, batch: str, at: datetime) -> int:
    """Queue a batch's failed messages again, but for addresses that are suppressed or erased."""
    suppressed = Suppression.objects.standing().values("email")
    failed = Message.objects.filter(batch=batch, state=State.FAILED, sensitive=False)
    again = failed.exclude(to_email__in=suppressed).exclude(to_email="")
    found = again.update(state=State.QUEUED, not_before=at, expires_at=at + rules.LIFE)
    run_after_commit(PUMP)
    return found


@transaction.atomic
def forget(*, user_id: str, emails: Sequence[str] = ()) -> int:
    """Take the address, the name and the words out of all messages to a user; returns how many.

    What is not sent yet is dropped. The rows stay: they say that and when something was sent.
    Suppressions of these addresses go too.
    """
    theirs = Message.objects.filter(user_id=user_id)
    addresses = {*emails, *theirs.values_list("to_email", flat=True)} - {""}
    Suppression.objects.filter(email__in=addresses).delete()
    DeliveryAttempt.objects.filter(message__in=theirs).update(answer="")  # it may quote the address
    theirs.waiting().update(state=State.CANCELLED, lease_token=None, lease_expires_at=None)
    return theirs.update(to_email="", to_name="", unsubscribe="", **BLANK)
