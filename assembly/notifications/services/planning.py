"""Bringing the planned reminders in line with what they depend on."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, TypeVar

from django.db import transaction
from django.db.models import Q

from assembly.editions.models import Assembly
from assembly.notifications.choices import ReminderState, When
from assembly.notifications.models import PlanMark, Reminder, ReminderRule
from assembly.notifications.selectors.planning import Key, Want, fingerprint, wanted
from assembly.outbox.choices import State as MessageState

T = TypeVar("T")
AT_ONCE: Final = 2000
LONGEST_PLAN: Final = timedelta(minutes=2)
AT_LEAST_EVERY: Final = timedelta(minutes=5)
COMMIT_SLACK: Final = timedelta(minutes=1)
UNSENT: Final = (MessageState.QUEUED, MessageState.LEASED)


def plan(*, assembly: Assembly, at: datetime, always: bool = False) -> bool:
    """Bring the planned reminders in line with the programme, the rules and people's choices.

    False when nothing they depend on has moved, or somebody else plans now. What was sent stays;
    what is planned, or waits in the outbox, and is no longer wanted goes. Reads and compares
    outside of any transaction and writes in short ones, so that nobody waits for a large plan; the
    constraints settle what two who plan at once would write twice.
    """
    mark = _mark(assembly)
    moved = fingerprint(assembly, at)
    is_old = mark.full_at is None or at - mark.full_at >= AT_LEAST_EVERY
    if moved == mark.planned_on and not is_old and not always:
        PlanMark.objects.filter(pk=mark.pk).update(planned_at=at)
        return False
    free = Q(busy_until__isnull=True) | Q(busy_until__lt=at) | Q(busy_until__gt=at + LONGEST_PLAN)
    if not PlanMark.objects.filter(free, pk=mark.pk).update(busy_until=at + LONGEST_PLAN):
        return False
    since = min(mark.planned_at or at, at)
    _align(assembly, wanted(assembly, at), since=since, at=at)
    PlanMark.objects.filter(pk=mark.pk).update(
        planned_on=moved, planned_at=at, full_at=at, busy_until=None
    )
    return moved != mark.planned_on


@transaction.atomic
def _mark(assembly: Assembly) -> PlanMark:
    """The Assembly's mark; with the first one come the usual rules."""
    mark, is_new = PlanMark.objects.get_or_create(assembly=assembly)
    if is_new and not ReminderRule.objects.filter(assembly=assembly).exists():
        ReminderRule.objects.create(assembly=assembly, minutes=60)
        ReminderRule.objects.create(assembly=assembly, when=When.EVENING)
    return mark


@dataclass
class Difference:
    """What is there beside what is wanted. `rooms` are sessions with the room they moved to."""

    known: set[Key] = field(default_factory=set)
    stale: list[int] = field(default_factory=list)
    again: list[int] = field(default_factory=list)
    rooms: set[tuple[int, str]] = field(default_factory=set)


def _align(
    assembly: Assembly, wanted_now: Mapping[Key, Want], *, since: datetime, at: datetime
) -> None:
    found = _difference(assembly, wanted_now, at)
    for keys in _chunks(found.stale):
        with transaction.atomic():
            # A mail that waits for its last look finds no reminder, and does not leave.
            Reminder.objects.filter(pk__in=keys).delete()
    for keys in _chunks(found.again):
        # Dropped in the moment it should leave, because the session had moved; and it moved back.
        Reminder.objects.filter(pk__in=keys).update(state=ReminderState.PLANNED, message=None)
    for new in _chunks(_new(wanted_now, found.known, since=since, at=at)):
        with transaction.atomic():
            rows = [_row(assembly, key, wanted_now[key]) for key in new]
            Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    for session, room in found.rooms:  # the room alone moved: the reminder stays, for the new one
        moved = Reminder.objects.filter(session=session, state=ReminderState.PLANNED)
        moved.exclude(room_code=room).update(room_code=room)


def _difference(assembly: Assembly, wanted_now: Mapping[Key, Want], at: datetime) -> Difference:
    """One pass over what lies ahead."""
    found = Difference()
    rows = Reminder.objects.filter(assembly=assembly, starts_at__gt=at)
    values = ("pk", "state", "message__state", "room_code")
    key_of = ("person", "session", "starts_at", "due_at")
    for pk, state, message, room, *parts in rows.values_list(*values, *key_of):
        key = Key(*parts)
        want = wanted_now.get(key)
        if want is None:
            if state == ReminderState.PLANNED or message in UNSENT:
                found.stale.append(pk)
            continue
        found.known.add(key)
        if message == MessageState.CANCELLED or state == ReminderState.MISSED:
            found.again.append(pk)
        if key.session is not None and room != want.room:
            found.rooms.add((key.session, want.room))
    return found


def _new(
    wanted_now: Mapping[Key, Want], known: Collection[Key], *, since: datetime, at: datetime
) -> list[Key]:
    """What is not there yet: whatever falls due after the last look, and, though its time has
    passed, what a session that moved since then asks for. Of several that are late at once for one
    person before one session, the one whose time came last."""
    new: list[Key] = []
    late: dict[tuple[int, int | None, datetime], Key] = {}
    for key, want in wanted_now.items():
        if key in known:
            continue
        if key.due_at > at:
            new.append(key)
        elif key.due_at > since or (
            want.moved_at is not None and want.moved_at > since - COMMIT_SLACK
        ):
            same = (key.person, key.session, key.starts_at)
            if same not in late or late[same].due_at < key.due_at:
                late[same] = key
    return [*new, *late.values()]


def _row(assembly: Assembly, key: Key, want: Want) -> Reminder:
    return Reminder(
        assembly=assembly,
        person_id=key.person,
        session_id=key.session,
        starts_at=key.starts_at,
        due_at=key.due_at,
        why=want.why,
        room_code=want.room,
    )


def _chunks(entries: Collection[T]) -> Iterator[list[T]]:
    left = iter(entries)
    while chunk := list(islice(left, AT_ONCE)):
        yield chunk
