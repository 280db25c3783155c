"""Sending the reminders that are due."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from assembly.editions.models import Assembly
from assembly.itineraries.choices import Topic
from assembly.itineraries.selectors.attendees import crowd
from assembly.notifications.choices import Kind, ReminderState, Why
from assembly.notifications.models import Reminder
from assembly.notifications.notices import EVENING, REMINDER, Letters
from assembly.notifications.selectors.people import Addressee, addressees
from assembly.notifications.services.posting import Post, post
from assembly.outbox.choices import InDoubt
from assembly.programme.models import PublishedSession
from assembly.programme.payloads import takes_place
from assembly.programme.selectors.items import Item, item_of

AT_ONCE: Final = 500
EVENING_LASTS: Final = timedelta(hours=12)
MOST_OF_DAY_1: Final = 5  # a mail, not the programme


def send(*, assembly: Assembly, at: datetime) -> int:
    """Hand every reminder that is due to the outbox; returns how many.

    None for a session that has begun or no longer starts when it says.
    """
    total = 0
    while found := _send_some(assembly, at):
        total += found
    return total


@transaction.atomic
def _send_some(assembly: Assembly, at: datetime) -> int:
    """One transaction: at most 500 reminders claimed, written and marked."""
    due = Reminder.objects.due(at).filter(assembly=assembly)
    claimed = list(due.select_for_update(skip_locked=True)[:AT_ONCE])
    if not claimed:
        return 0
    letters = Letters(assembly)  # of this transaction: what it read is what they say
    items = _items(assembly, {r.session_id for r in claimed if r.session_id is not None})
    true = [r for r in claimed if r.starts_at > at and _is_true(r, items)]
    people = addressees({r.person_id for r in true}, topic=Topic.REMINDERS, assembly=assembly)
    posts = {reminder.pk: one for reminder, one in _posts(true, people, items, letters, at)}
    sent = post(list(posts.values()), assembly=assembly, at=at, when_in_doubt=InDoubt.RESEND)
    for reminder in claimed:
        one = posts.get(reminder.pk)
        reminder.state = ReminderState.QUEUED if one else ReminderState.MISSED
        reminder.message = sent.get(one.dedupe_key) if one else None
    Reminder.objects.bulk_update(claimed, ["state", "message"], batch_size=AT_ONCE)
    return len(claimed)


def _items(assembly: Assembly, sessions: Iterable[int]) -> dict[int, Item]:
    """These sessions as they are published now, but for the cancelled."""
    rows = PublishedSession.objects.in_latest(assembly).filter(session__in=sessions)
    return {
        row.session_id: item_of(row.payload, assembly.zone, row.revision.places, {})
        for row in rows.select_related("revision")
        if takes_place(row.payload)
    }


def _is_true(reminder: Reminder, items: Mapping[int, Item]) -> bool:
    if reminder.session_id is None:
        return True
    item = items.get(reminder.session_id)
    return item is not None and item.starts_at == reminder.starts_at


def _posts(
    reminders: list[Reminder],
    people: Mapping[int, Addressee],
    items: Mapping[int, Item],
    letters: Letters,
    at: datetime,
) -> Iterable[tuple[Reminder, Post]]:
    first_day = _first_day(letters.assembly, at) if _has_evening(reminders) else {}
    for reminder in reminders:
        to = people.get(reminder.person_id)
        if to is None:
            continue
        language = to.recipient.language
        if reminder.session_id is None:
            letter = letters.evening(first_day.get(reminder.person_id, []), language)
            template, about = EVENING, ""
            expires = min(reminder.due_at + EVENING_LASTS, reminder.starts_at)
        else:
            item = items[reminder.session_id]
            letter = letters.reminder(item, Why(reminder.why), language)
            template, about, expires = REMINDER, item.code, reminder.starts_at
        yield (
            reminder,
            Post(
                to,
                letter,
                Kind.REMINDER,
                template,
                f"reminder:{reminder.pk}:{at.isoformat()}",
                topic=Topic.REMINDERS,
                about=about,
                expires_at=expires,
            ),
        )


def _has_evening(reminders: Iterable[Reminder]) -> bool:
    return any(reminder.session_id is None for reminder in reminders)


def _first_day(assembly: Assembly, at: datetime) -> dict[int, list[Item]]:
    """What concerns each person on day 1, in order of time; the first few sessions."""
    rows = PublishedSession.objects.in_latest(assembly).select_related("revision")
    items = [
        item
        for row in rows
        if takes_place(row.payload)
        and (item := item_of(row.payload, assembly.zone, row.revision.places, {})).day
        == assembly.first_day
    ]
    people = crowd(assembly.pk, {item.code for item in items})
    found: dict[int, list[Item]] = defaultdict(list)
    for item in sorted(items, key=lambda item: (item.starts_at, item.code)):
        for person in people.concerned_by(item.payload, at):
            if len(found[person]) < MOST_OF_DAY_1:
                found[person].append(item)
    return found


def forget(*, people: list[int]) -> None:
    """Delete what was planned for these people."""
    Reminder.objects.filter(person__in=people).delete()
