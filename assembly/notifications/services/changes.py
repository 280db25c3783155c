"""Telling those concerned what publications changed: once, with old and new."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from assembly.editions.models import Assembly
from assembly.itineraries.choices import Topic
from assembly.notifications import rules
from assembly.notifications.choices import Kind
from assembly.notifications.models import Told
from assembly.notifications.notices import CHANGES, Letters, calendar_of
from assembly.notifications.selectors.changes import (
    Pending,
    codes_by_person,
    difference,
    pending,
    soonest_of,
)
from assembly.notifications.selectors.people import addressees
from assembly.notifications.services.posting import Post, post
from assembly.programme.models import Revision
from assembly.programme.selectors.changelog import Entry


@transaction.atomic
def tell(*, assembly: Assembly, at: datetime) -> int:
    """Tell everybody concerned what changed since they were told last; returns how many.

    Several publications soon after each other make one mail; what came out even makes none.
    Whoever tells holds the Assembly's row, so nobody is told twice.
    """
    told = _told(assembly, at)
    if told is None:
        return 0
    found = pending(assembly, told.number)
    if not found.waiting:
        _move(told, found)
        return 0
    if not found.is_worked_out:
        return 0
    codes = codes_by_person(found)
    changed = set().union(*codes.values())
    instants = [revision.published_at for revision in found.waiting]
    if not rules.is_told_now(instants, soonest_of(found, changed, at), at):
        return 0
    posts = _posts(found, codes, changed, at)
    post(posts, assembly=assembly, at=at)
    _move(told, found)
    return len(posts)


def _told(assembly: Assembly, at: datetime) -> Told | None:
    """The Assembly's row, held; None while somebody else holds it. What was published long before
    there was one is no news."""
    if not Told.objects.filter(assembly=assembly).exists():
        old = Revision.objects.of(assembly).filter(published_at__lt=at - rules.NEWS)
        number = old.aggregate(newest=Max("number"))["newest"] or 0
        Told.objects.get_or_create(assembly=assembly, defaults={"number": number})
    rows = Told.objects.filter(assembly=assembly).select_for_update(skip_locked=True)
    return rows.first()


def _move(told: Told, found: Pending) -> None:
    if found.revisions:
        Told.objects.filter(pk=told.pk).update(number=found.revisions[-1].number)


def _posts(
    found: Pending, codes: dict[int, set[str]], changed: set[str], at: datetime
) -> list[Post]:
    assembly, newest = found.assembly, found.revisions[-1].number
    letters = Letters(assembly)
    both = difference(found, changed, at)
    people = addressees(codes.keys(), topic=Topic.CHANGES, assembly=assembly)
    calendars: dict[tuple[object, ...], str] = {}
    posts: list[Post] = []
    for person, to in people.items():
        entries = both.entries_for(person, codes[person])
        if not entries:
            continue
        language = to.recipient.language
        posts.append(
            Post(
                to,
                letters.changes(entries, language, is_first=not found.base),
                Kind.CHANGE,
                CHANGES,
                f"changes:{assembly.pk}:{found.base}-{newest}:{person}",
                topic=Topic.CHANGES,
                about=" ".join(entry.item.code for entry in entries),
                calendar=_calendar(entries, assembly, language, calendars) if found.base else "",
            )
        )
    return posts


def _calendar(
    entries: list[Entry],
    assembly: Assembly,
    language: str,
    made: dict[tuple[object, ...], str],
) -> str:
    """One file for all who are told the same."""
    identity = tuple((entry.change.code, entry.old is None, entry.new is None) for entry in entries)
    key = (language, identity)
    if key not in made:
        made[key] = calendar_of(entries, assembly, language)
    return made[key]
