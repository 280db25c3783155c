"""What is told to whom of the revisions that nobody was told of yet."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from assembly.editions.models import Assembly
from assembly.itineraries.models import Concern
from assembly.itineraries.rules import Crowd
from assembly.itineraries.selectors.attendees import crowd
from assembly.programme.choices import ChangeKind
from assembly.programme.differences import Change, change_of
from assembly.programme.models import PublishedSession, Revision
from assembly.programme.payloads import Payload, start_of
from assembly.programme.selectors.changelog import Entry
from assembly.programme.selectors.items import Item, item_of

# What organisers plan with, and no page shows.
UNSEEN: Final = frozenset({"expected", "must_follow", "anchor", "listing", "embargo_until"})
UNSEEN_OF_MEDIA: Final = frozenset({"escort", "places"})


@dataclass(frozen=True)
class Pending:
    """Revisions after the one told last, oldest first; `waiting` are those to tell."""

    assembly: Assembly
    base: int
    revisions: list[Revision]

    @property
    def waiting(self) -> list[Revision]:
        return [revision for revision in self.revisions if revision.tell]

    @property
    def is_worked_out(self) -> bool:
        """Whether it stands for each of them whom it concerns."""
        return all(hasattr(revision, "reach") for revision in self.waiting)


def pending(assembly: Assembly, base: int) -> Pending:
    after = Revision.objects.of(assembly).filter(number__gt=base).select_related("reach")
    return Pending(assembly, base, list(after.order_by("number")))


def codes_by_person(waiting: Pending) -> dict[int, set[str]]:
    """The sessions that changed for each person, over all revisions to tell; one query."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Concern.objects.filter(revision__in=waiting.waiting).values_list("person", "codes")
    for person, codes in rows:
        found[person].update(codes)
    return found


@dataclass
class Difference:
    """From the programme people were told of to the newest one, as each of them may know it."""

    assembly: Assembly
    old: Mapping[str, Item]
    new: Mapping[str, Item]
    people: Crowd
    at: datetime
    _entries: dict[tuple[str, bool, bool], Entry | None] = field(default_factory=dict)
    _readers: dict[tuple[str, bool], set[int]] = field(default_factory=dict)

    def entries_for(self, person: int, codes: set[str]) -> list[Entry]:
        """What changed for somebody, in order of time; empty when it came out even."""
        found = [self._entry(person, code) for code in codes]
        entries = [entry for entry in found if entry is not None]
        return sorted(entries, key=lambda entry: (entry.item.starts_at, entry.item.code))

    def _entry(self, person: int, code: str) -> Entry | None:
        sees_new = person in self._readers_of(code, new=True)
        sees_old = person in self._readers_of(code, new=False)
        old = self.old.get(code)
        if old is not None and not sees_new and self._is_embargoed(code):
            sees_old = False  # its embargo was extended since
        key = (code, sees_old, sees_new)
        if key not in self._entries:
            past = old if sees_old else None
            present = self.new.get(code) if sees_new else None
            change = change_of(
                code, past.payload if past else None, present.payload if present else None
            )
            shown = change is not None and is_seen(change)
            self._entries[key] = Entry(change, past, present) if change and shown else None
        return self._entries[key]

    def _is_embargoed(self, code: str) -> bool:
        item = self.new.get(code)
        until = item.payload["embargo_until"] if item is not None else None
        return until is not None and datetime.fromisoformat(until) > self.at

    def _readers_of(self, code: str, *, new: bool) -> set[int]:
        key = (code, new)
        if key not in self._readers:
            item = (self.new if new else self.old).get(code)
            self._readers[key] = (
                self.people.may_know(item.payload, self.at) if item is not None else set()
            )
        return self._readers[key]


def difference(waiting: Pending, codes: set[str], at: datetime) -> Difference:
    """The two programmes side by side, for these sessions; six queries."""
    assembly = waiting.assembly
    before = Revision.objects.of(assembly).filter(number=waiting.base).first()
    old = _items(before, codes, assembly) if before is not None else {}
    new = _items(waiting.revisions[-1], codes, assembly)
    return Difference(assembly, old, new, crowd(assembly.pk, codes), at)


def _items(revision: Revision, codes: set[str], assembly: Assembly) -> dict[str, Item]:
    rows = PublishedSession.objects.filter(revision=revision, code__in=codes)
    return {
        row.code: replace(
            item_of(row.payload, assembly.zone, revision.places, {}),
            sequence=row.sequence,
            changed_in=row.changed_in,
            changed_at=row.changed_at,
        )
        for row in rows
    }


def soonest_of(waiting: Pending, codes: set[str], at: datetime) -> datetime | None:
    """When the first of the changed sessions begins, before or after; one query."""
    numbers = {waiting.base, *(revision.number for revision in waiting.revisions)}
    rows = PublishedSession.objects.filter(
        revision__assembly=waiting.assembly, revision__number__in=numbers, code__in=codes
    )
    starts = (start_of(payload) for payload in rows.values_list("payload", flat=True).order_by())
    return min((start for start in starts if start >= at), default=None)


def is_seen(change: Change) -> bool:
    """Whether anything changed that a reader sees: what only organisers plan with is no news."""
    if change.kinds != (ChangeKind.DETAILS,) or change.old is None or change.new is None:
        return True
    return _seen(change.old) != _seen(change.new)


def _seen(payload: Payload) -> Payload:
    media = {key: value for key, value in payload["media"].items() if key not in UNSEEN_OF_MEDIA}
    return {key: value for key, value in payload.items() if key not in UNSEEN} | {"media": media}
