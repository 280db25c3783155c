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
    changed = {change.code for change in changes}
    pairs = overlaps(_spans(new.values()), touching=changed)
    people = crowd(assembly.pk, changed | {code for pair in pairs for code in pair})
    codes: dict[int, list[str]] = defaultdict(list)
    moved: set[int] = set()
    for change in changes:
        concerned = _concerned(change, people, at)
        for person in concerned:
            codes[person].append(change.code)
        if MOVES & set(change.kinds):
            moved |= concerned
    return Impact(dict(codes), len(moved), _new_clashes(pairs, old, new, people, at))


def _concerned(change: Change, people: Crowd, at: datetime) -> set[int]:
    """Those whom the session concerns as it was or as it is, each as far as they may know."""
    versions = (version for version in (change.old, change.new) if version is not None)
    return set().union(*(people.concerned_by(version, at) for version in versions))


def _new_clashes(
    pairs: Iterable[tuple[str, str]],
    old: Mapping[str, Payload],
    new: Mapping[str, Payload],
    people: Crowd,
    at: datetime,
) -> int:
    now, then = _Concerned(new, people, at), _Concerned(old, people, at)
    found = 0
    for first, second in pairs:
        both = now[first] & now[second]
        if both and _overlapped(old, first, second):
            both -= then[first] & then[second]
        found += len(both)
    return found


class _Concerned(dict[str, set[int]]):
    """The people each session of a programme concerns, worked out when first asked for."""

    def __init__(self, payloads: Mapping[str, Payload], people: Crowd, at: datetime) -> None:
        super().__init__()
        self._payloads, self._people, self._at = payloads, people, at

    def __missing__(self, code: str) -> set[int]:
        found = self[code] = self._people.concerned_by(self._payloads[code], self._at)
        return found


def _overlapped(old: Mapping[str, Payload], *codes: str) -> bool:
    """Whether both took place before and shared an instant."""
    return bool(overlaps(_spans(old[code] for code in codes if code in old)))


def _spans(payloads: Iterable[Payload]) -> list[tuple[str, datetime, datetime]]:
    return [(p["code"], start_of(p), end_of(p)) for p in payloads if takes_place(p)]
