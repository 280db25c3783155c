"""The change log: what one reader sees of the difference of two revisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser

from assembly.accounts.models import User
from assembly.editions.models import Assembly
from assembly.programme.choices import ChangeKind
from assembly.programme.differences import Change, change_of
from assembly.programme.models import PublishedSession, Revision
from assembly.programme.payloads import Payload
from assembly.programme.selectors.items import Item, item_of

SHOWN_REVISIONS = 30
IN_CALENDARS = frozenset(ChangeKind) - {ChangeKind.TEXT, ChangeKind.PEOPLE, ChangeKind.DETAILS}


@dataclass(frozen=True)
class Entry:
    """One session's change, ready to be shown."""

    change: Change
    old: Item | None
    new: Item | None

    @property
    def labels(self) -> list[str]:
        return [str(ChangeKind(kind).label) for kind in self.change.kinds]

    @property
    def item(self) -> Item:
        item = self.new or self.old
        assert item is not None
        return item

    @property
    def touches_calendar(self) -> bool:
        """Whether a calendar that holds the session has to know."""
        return bool(IN_CALENDARS & set(self.change.kinds))

    @property
    def retimed(self) -> bool:
        return ChangeKind.RETIMED in self.change.kinds

    @property
    def moved(self) -> bool:
        return ChangeKind.MOVED in self.change.kinds


@dataclass(frozen=True)
class RevisionLog:
    """One revision with the changes this reader may know of."""

    revision: Revision
    entries: list[Entry]

    @property
    def is_first(self) -> bool:
        return self.revision.number == 1


def change_log(
    assembly: Assembly,
    user: User | AnonymousUser,
    at: datetime,
    *,
    number: int | None = None,
) -> list[RevisionLog]:
    """The newest revisions with their changes, or the one with this number."""
    revisions = Revision.objects.of(assembly).latest_first()
    if number is not None:
        revisions = revisions.filter(number=number)
    chosen = list(revisions[:SHOWN_REVISIONS])
    changed = _changed_rows(chosen)
    readable = _readable(changed, assembly, user, at)
    logs: dict[int, list[Entry]] = {revision.pk: [] for revision in chosen}
    for row in changed:
        entry = _entry(row, readable, assembly, row.revision.places)
        if entry is not None:
            logs[row.revision_id].append(entry)
    return [
        RevisionLog(
            revision, sorted(logs[revision.pk], key=lambda e: (e.item.starts_at, e.item.code))
        )
        for revision in chosen
    ]


def _changed_rows(revisions: list[Revision]) -> list[PublishedSession]:
    rows = PublishedSession.objects.filter(revision__in=revisions).changed_in_their_revision()
    return list(rows.select_related("previous__revision", "revision"))


def _readable(
    rows: list[PublishedSession], assembly: Assembly, user: User | AnonymousUser, at: datetime
) -> set[int]:
    """Of these rows and the versions before them, those this reader may know of.

    An old version's embargo may have been extended since: such a version is read only by those
    who see the session as it stands now.
    """
    keys = {row.pk for row in rows} | {row.previous_id for row in rows if row.previous_id}
    visible = PublishedSession.objects.visible_to(user, at).filter(pk__in=keys)
    latest = PublishedSession.objects.visible_to(user, at).in_latest(assembly)
    seen_now = set(latest.values_list("code", flat=True))
    return {
        pk
        for pk, code, embargo in visible.values_list("pk", "code", "embargo_until")
        if embargo is None or code in seen_now
    }


def _entry(
    row: PublishedSession, readable: set[int], assembly: Assembly, places: Mapping[str, Any]
) -> Entry | None:
    before = row.previous
    new = row.payload if row.pk in readable else None
    old = before.payload if before is not None and before.pk in readable else None
    change = change_of(row.code, old, new)
    if change is None:
        return None
    old_places = before.revision.places if before is not None else {}
    return Entry(change, _item(old, assembly, old_places), _item(new, assembly, places))


def _item(payload: Payload | None, assembly: Assembly, places: Mapping[str, Any]) -> Item | None:
    return None if payload is None else item_of(payload, assembly.zone, places, {})
