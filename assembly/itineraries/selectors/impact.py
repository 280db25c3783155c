"""Whom a publication concerns, and how many clashes it makes in people's schedules."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from assembly.editions.models import Assembly
from assembly.itineraries.rules import Crowd, overlaps
from assembly.itineraries.selectors.attendees import crowd
from assembly.programme.choices import ChangeKind
from assembly.programme.differences import Change, between
from assembly.programme.payloads import Payload, end_of, start_of, takes_place

MOVES = frozenset(
    {
        ChangeKind.ADDED,
        ChangeKind.REMOVED,
        ChangeKind.CANCELLED,
        ChangeKind.REINSTATED,
        ChangeKind.RETIMED,
        ChangeKind.MOVED,
    }
)


@dataclass(frozen=True)
class Impact:
    """`codes` are the changed sessions by the key of each person they concern."""

    codes: dict[int, list[str]]
    moved: int
    clashes: int

    @property
    def people(self) -> int:
        return len(self.codes)


def impact(
    assembly: Assembly, old: Mapping[str, Payload], new: Mapping[str, Payload], at: datetime
) -> Impact:
    """What going from `old` to `new` does to people's schedules; two queries, however many.

    `moved` counts people for whom a session comes, goes, or changes time or room; `clashes` the
    pairs of sessions that overlap for somebody and did not before, once for each person.
    """
    changes = between(old, new)
    people = crowd(assembly.pk, new.keys() | old.keys())
    codes: dict[int, list[str]] = defaultdict(list)
    moved: set[int] = set()
    for change in changes:
        concerned = _concerned(change, people, at)
        for person in concerned:
            codes[person].append(change.code)
        if MOVES & set(change.kinds):
            moved |= concerned
    changed = {change.code for change in changes}
    return Impact(dict(codes), len(moved), _new_clashes(changed, old, new, people, at))


def _concerned(change: Change, people: Crowd, at: datetime) -> set[int]:
    """Those whom the session concerns as it was or as it is, each as far as they may know."""
    versions = (version for version in (change.old, change.new) if version is not None)
    return set().union(*(people.concerned_by(version, at) for version in versions))


def _new_clashes(
    changed: set[str],
    old: Mapping[str, Payload],
    new: Mapping[str, Payload],
    people: Crowd,
    at: datetime,
) -> int:
    before = overlaps(_spans(old.values()))
    found = 0
    concerned: dict[str, set[int]] = {}
    for pair in overlaps(_spans(new.values())):
        if not changed & set(pair):
            continue
        for code in pair:
            if code not in concerned:
                concerned[code] = people.concerned_by(new[code], at)
        both = concerned[pair[0]] & concerned[pair[1]]
        if pair in before:
            both -= people.concerned_by(old[pair[0]], at) & people.concerned_by(old[pair[1]], at)
        found += len(both)
    return found


def _spans(payloads: Iterable[Payload]) -> list[tuple[str, datetime, datetime]]:
    return [(p["code"], start_of(p), end_of(p)) for p in payloads if takes_place(p)]
