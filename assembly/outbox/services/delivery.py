"""The steps of delivery. Each is one short transaction; mail is sent between them, never in them.

A message moves queued -> leased -> sending -> sent, failed, cancelled or uncertain. `sending` is
written before the mail server hears of it, so a sender that dies leaves a trace: its group, and
nothing else, is in doubt.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.module_loading import import_string

from assembly.outbox import rules
from assembly.outbox.choices import InDoubt, Outcome, State
from assembly.outbox.models import DeliveryAttempt, Message, Pulse, Suppression
from assembly.outbox.rules import Answer
from assembly.outbox.services.queueing import BLANK, locked

PUMP_PULSE: Final = "pump"
SENDER_DIED: Final = "The sender stopped before it had an answer."
SUPPRESSED: Final = "This address is suppressed."
TOO_LATE: Final = "It could not be delivered in time."
FREE: Final[dict[str, Any]] = {"lease_token": None, "lease_expires_at": None}


@dataclass(frozen=True)
class Result:
    message: Message
    answer: Answer


def lease_time() -> timedelta:
    return timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def saw_pump(*, at: datetime) -> None:
    """Note that the pump runs; the organisers' overview looks at it."""
    Pulse.objects.update_or_create(name=PUMP_PULSE, defaults={"seen_at": at})


@transaction.atomic
def claim(*, at: datetime, limit: int = rules.BATCH) -> tuple[UUID, list[Message]]:
    """Lease up to `limit` due messages to the caller; two callers never get the same one.

    On PostgreSQL the rows another pump holds are skipped; on SQLite the write lock of the
    IMMEDIATE transaction lets one pump in at a time. Messages to suppressed addresses fail here.
    """
    token = uuid4()
    due = list(Message.objects.due(at).fresh(at).select_for_update(skip_locked=True)[:limit])
    due = _without_suppressed(due, at)
    Message.objects.filter(pk__in=[message.pk for message in due]).update(
        state=State.LEASED, lease_token=token, lease_expires_at=at + lease_time()
    )
    return token, due


def _without_suppressed(due: list[Message], at: datetime) -> list[Message]:
    addresses = {message.to_email for message in due}
    standing = Suppression.objects.standing().filter(email__in=addresses)
    suppressed = set(standing.values_list("email", flat=True)) if addresses else set()
    refused = [message for message in due if message.to_email in suppressed]
    if refused:
        answer = Answer(Outcome.REFUSED, "", SUPPRESSED)
        _write_attempts([Result(message, answer) for message in refused], at)
        _finish(_rows(refused), State.FAILED)
    return [message for message in due if message.to_email not in suppressed]


@transaction.atomic
def step(
    *, token: UUID, results: Sequence[Result], following: Sequence[Message], at: datetime
) -> list[Message]:
    """One commit: write down how the previous group went, and say that the next one goes now.

    Returns those of `following` that may go. A message whose lease has passed on, that was paused
    or cancelled, is too late, or says what is no longer true, is not among them.
    """
    if any(message.batch for message in [*following, *(r.message for r in results)]):
        locked(_rows([*following, *(result.message for result in results)]))
    _record(token, results, at)
    if not following:
        return []
    wanted = _last_look(following)
    keys = [message.pk for message in wanted]
    held = Message.objects.filter(pk__in=keys, lease_token=token, state=State.LEASED)
    going = held.filter(held=False).fresh(at)
    moved = going.update(
        state=State.SENDING, sending_at=at, lease_expires_at=at + lease_time(), updated_at=at
    )
    if moved < len(wanted):
        held.update(state=State.QUEUED, **FREE)  # paused or too late: somebody else's to judge
        sending = Message.objects.filter(pk__in=keys, lease_token=token, state=State.SENDING)
        still = set(sending.values_list("pk", flat=True))
        wanted = [message for message in wanted if message.pk in still]
    return wanted


def _last_look(messages: Sequence[Message]) -> list[Message]:
    """Drop what the app that wrote it no longer stands by; settings say whom to ask.

    In the transaction that lets the message go: whoever commits a change later, changed it after
    the mail had left.
    """
    asked: dict[str, list[int]] = defaultdict(list)
    for message in messages:
        if message.template in settings.OUTBOX_LAST_LOOK:
            asked[settings.OUTBOX_LAST_LOOK[message.template]].append(message.pk)
    untrue: set[int] = set()
    for path, keys in asked.items():
        still_true: Callable[[list[int]], set[int]] = import_string(path)
        untrue |= set(keys) - still_true(keys)
    if untrue:
        dropped = Message.objects.filter(pk__in=untrue, state=State.LEASED)
        dropped.update(state=State.CANCELLED, **FREE)
    return [message for message in messages if message.pk not in untrue]


def _record(token: UUID, results: Sequence[Result], at: datetime) -> None:
    _write_attempts(results, at)
    sent = [r.message for r in results if r.answer.outcome is Outcome.ACCEPTED]
    for blank, messages in _by_sensitivity(sent):
        # A sender that was slow rather than dead may find its message in doubt: now we know.
        mine = Q(lease_token=token, state=State.SENDING) | Q(
            lease_token__isnull=True, state__in=[State.UNCERTAIN, State.QUEUED]
        )
        Message.objects.filter(mine, pk__in=[m.pk for m in messages]).update(
            state=State.SENT, sent_at=at, attempts=F("attempts") + 1, **FREE, **blank
        )
    for result in results:
        if result.answer.outcome is not Outcome.ACCEPTED:
            _record_failure(token, result, at)


def _by_sensitivity(messages: Sequence[Message]) -> list[tuple[dict[str, str], list[Message]]]:
    plain = [message for message in messages if not message.sensitive]
    secret = [message for message in messages if message.sensitive]
    return [(fields, some) for fields, some in (({}, plain), (BLANK, secret)) if some]


def _record_failure(token: UUID, result: Result, at: datetime) -> None:
    message, answer = result.message, result.answer
    mine = Message.objects.filter(
        pk=message.pk, lease_token=token, state__in=[State.SENDING, State.LEASED]
    )
    if answer.outcome is Outcome.REFUSED:
        _finish(mine, State.FAILED)
        if rules.blames_address(answer.phase, answer.text):
            _suppress(message, answer.text, at)
    elif answer.outcome is Outcome.IN_DOUBT and message.when_in_doubt != InDoubt.RESEND:
        _finish(mine, State.UNCERTAIN)
    else:
        later = rules.next_try(
            message.attempts + 1,
            at,
            jitter=random.random(),  # noqa: S311  spreads load, keeps no secret
            until=message.expires_at,
        )
        mine.update(state=State.QUEUED, not_before=later, attempts=F("attempts") + 1, **FREE)


def _rows(messages: Sequence[Message]) -> models.QuerySet[Message]:
    return Message.objects.filter(pk__in=[message.pk for message in messages])


def put_back(*, token: UUID, messages: Sequence[Message], answer: Answer, at: datetime) -> None:
    """The mail server is away: queue what is leased again, each for a time of its own."""
    with transaction.atomic():
        locked(_rows(messages))
        _record(token, [Result(message, answer) for message in messages], at)


def renew(*, token: UUID, at: datetime) -> None:
    """Hold the leases anew; a batch may take longer than one lease does."""
    mine = Message.objects.filter(lease_token=token, state__in=[State.LEASED, State.SENDING])
    mine.update(lease_expires_at=at + lease_time())


@transaction.atomic
def reap(*, at: datetime) -> int:
    """Put back what dead pumps had leased; returns how many rows were touched.

    What died in `sending` is sent again, or waits for a person, as its kind says.
    """
    dead = list(Message.objects.abandoned(at, lease_time()).select_for_update(skip_locked=True))
    if not dead:
        return 0
    in_doubt = [message for message in dead if message.state == State.SENDING]
    asked = {m.pk for m in in_doubt if m.when_in_doubt != InDoubt.RESEND}
    answer = Answer(Outcome.IN_DOUBT, "", SENDER_DIED)
    _write_attempts([Result(message, answer) for message in in_doubt], at)
    Message.objects.filter(pk__in=[m.pk for m in in_doubt]).update(attempts=F("attempts") + 1)
    again = [message.pk for message in dead if message.pk not in asked]
    Message.objects.filter(pk__in=again).update(state=State.QUEUED, **FREE)
    _finish(Message.objects.filter(pk__in=asked), State.UNCERTAIN)
    return len(dead)


@transaction.atomic
def expire(*, at: datetime) -> int:
    """Give up what is too late to be of use; returns how many.

    What was tried has failed; what nobody tried is dropped. What is paused waits for who paused it.
    """
    expired = Message.objects.filter(state=State.QUEUED, held=False, expires_at__lte=at)
    chosen = expired.order_by("pk").select_for_update(skip_locked=True)
    late = _rows(list(chosen))
    tried = list(late.filter(attempts__gt=0))
    _write_attempts([Result(m, Answer(Outcome.REFUSED, "", TOO_LATE)) for m in tried], at)
    failed = _finish(_rows(tried), State.FAILED)
    return failed + _finish(late.filter(state=State.QUEUED), State.CANCELLED)


def _finish(messages: models.QuerySet[Message], state: State) -> int:
    """End the life of messages; what held a code or a link loses it.

    By their own conditions, not by their keys: a lease that has passed on meanwhile is not ours to
    end.
    """
    messages.filter(sensitive=True).update(**BLANK)
    counts = {"attempts": F("attempts") + 1} if state is State.FAILED else {}
    ended: int = messages.update(state=state, **counts, **FREE)
    return ended


def _write_attempts(results: Sequence[Result], at: datetime) -> None:
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(
            message=result.message,
            at=at,
            outcome=result.answer.outcome,
            phase=result.answer.phase,
            answer=result.answer.text[:300],
        )
        for result in results
    )


def _suppress(message: Message, answer: str, at: datetime) -> None:
    """Write to this address no more; that somebody else was faster is all the same."""
    try:
        with transaction.atomic():
            Suppression.objects.create(
                email=message.to_email, since=at, answer=answer[:300], protected=message.protected
            )
    except IntegrityError:
        return
