"""Queueing a message, and the three things that can become of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from assembly.core.queue import run_after_commit
from assembly.outbox import rules
from assembly.outbox.choices import Outcome, Priority, State
from assembly.outbox.models import DeliveryAttempt, Message
from assembly.outbox.recipients import Recipient

BLANKED: Final = "(removed after sending)"
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
    """
    subject, text, html = _render(template, to, context)
    message, created = Message.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "template": template,
            "to_email": to.email,
            "to_name": " ".join(to.name.split()),  # no line break reaches a header
            "language": to.language,
            "user_id": to.user_id,
            "subject": subject,
            "text": text,
            "html": html,
            "not_before": not_before or timezone.now(),
            "expires_at": expires_at,
            "priority": priority,
            "sensitive": sensitive,
            "protected": to.protected,
        },
    )
    if created:
        run_after_commit(PUMP)
    return message


def forget(*, user_id: str) -> int:
    """Take the address, the name and the words out of all messages to a user; returns how many.

    What is not sent yet is dropped. The rows stay: they say that and when something was sent.
    """
    theirs = Message.objects.filter(user_id=user_id)
    theirs.filter(state__in=[State.QUEUED, State.LEASED]).update(state=State.CANCELLED)
    blank = {"to_email": "", "to_name": "", "subject": BLANKED, "text": BLANKED, "html": ""}
    return theirs.update(**blank)


def _render(template: str, to: Recipient, context: Mapping[str, Any]) -> tuple[str, str, str]:
    """Subject (one line), text and HTML in the recipient's language."""
    with translation.override(to.language):
        facts = {
            **context,
            "recipient": to,
            "base_url": settings.BASE_URL,
            "contact_email": settings.CONTACT_EMAIL,
        }
        subject = " ".join(render_to_string(f"{template}_subject.txt", facts).split())
        text = render_to_string(f"{template}_message.txt", facts).strip() + "\n"
        html = render_to_string(f"{template}_message.html", facts)
    return subject[:250], text, html


def claim(*, at: datetime, limit: int = rules.BATCH) -> tuple[UUID, list[Message]]:
    """Lease up to `limit` due messages to the caller; two callers never get the same one.

    On PostgreSQL the rows another pump holds are skipped; on SQLite the write lock of the
    IMMEDIATE transaction lets one pump in at a time.
    """
    token = uuid4()
    with transaction.atomic():
        due = Message.objects.due(at).select_for_update(skip_locked=True)[:limit]
        keys = [message.pk for message in due]
        Message.objects.filter(pk__in=keys, state=State.QUEUED).update(
            state=State.LEASED, lease_token=token, lease_expires_at=at + rules.LEASE
        )
    leased = Message.objects.filter(lease_token=token).order_by("priority", "not_before", "pk")
    return token, list(leased)


def renew(*, message: Message, token: UUID, at: datetime) -> bool:
    """Hold the lease anew just before sending; False when it has passed to another pump."""
    held = Message.objects.filter(pk=message.pk, lease_token=token, state=State.LEASED)
    return bool(held.update(lease_expires_at=at + rules.LEASE))


def release_abandoned(*, at: datetime) -> int:
    """Queue again what a dead pump had claimed; returns how many."""
    return Message.objects.abandoned(at).update(
        state=State.QUEUED, lease_token=None, lease_expires_at=None
    )


def expire(*, at: datetime) -> int:
    """Cancel what is too late to be of use; returns how many."""
    return Message.objects.filter(state=State.QUEUED, expires_at__lte=at).update(
        state=State.CANCELLED
    )


def mark_sent(*, message: Message, token: UUID, at: datetime, answer: str) -> None:
    """Record delivery; the body of a sensitive message is blanked at the same moment."""
    fields: dict[str, Any] = {"state": State.SENT, "sent_at": at, "lease_token": None}
    if message.sensitive:
        fields |= {"subject": BLANKED, "text": BLANKED, "html": ""}
    _finish(message, token, at, Outcome.ACCEPTED, answer, fields)


def mark_failed(*, message: Message, token: UUID, at: datetime, answer: str) -> None:
    """Give the message up: the server refused it for good."""
    fields = {"state": State.FAILED, "lease_token": None}
    _finish(message, token, at, Outcome.REFUSED, answer, fields)


def put_back(*, message: Message, token: UUID, at: datetime, answer: str) -> None:
    """Queue the message again for later: the server or the network failed for now."""
    fields = {
        "state": State.QUEUED,
        "lease_token": None,
        "lease_expires_at": None,
        "not_before": rules.next_try(message.attempts + 1, at),
    }
    _finish(message, token, at, Outcome.LATER, answer, fields)


@transaction.atomic
def _finish(
    message: Message,
    token: UUID,
    at: datetime,
    outcome: Outcome,
    answer: str,
    fields: dict[str, Any],
) -> None:
    """Write the end of one attempt, unless the lease has passed to another pump meanwhile."""
    DeliveryAttempt.objects.create(message=message, at=at, outcome=outcome, answer=answer[:300])
    Message.objects.filter(pk=message.pk, lease_token=token).update(
        attempts=message.attempts + 1, updated_at=at, **fields
    )
