"""What cannot be, or had better not be, in a programme. Plain Python on plain data.

`find` takes everything it needs and returns every clash, in one pass per rule after sorting, so
that its time grows with the number of sessions and not with its square.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Protocol

from assembly.programme.choices import (
    Anchor,
    Level,
    Listing,
    Mandatory,
    MediaAccess,
    Rule,
    SessionKind,
)
from assembly.programme.rules import (
    FULL_PERCENT,
    LEVELS,
    NEARLY_FULL_PERCENT,
    PLATFORM_ROLES,
    TURNAROUND,
)

NAMED = 5  # delegations that a sentence names
OUT_OF_RANK = frozenset({SessionKind.BREAK, SessionKind.SOCIAL})


@dataclass(frozen=True)
class Engagement:
    """A person on a session, and as what."""

    person: str
    name: str
    role: str


@dataclass(frozen=True)
class Slot:
    """One session with a place and a time, as far as the rules look at it. Aware UTC instants."""

    code: str
    title: str
    starts_at: datetime
    ends_at: datetime
    room: str
    kind: str = SessionKind.PLENARY
    listing: str = Listing.PUBLIC
    expected: int = 0
    media: str = MediaAccess.CLOSED
    media_places: int = 0
    languages: int = 0
    anchor: str = ""
    must_follow: str = ""
    people: tuple[Engagement, ...] = ()
    mandatory: str = ""
    region: str = ""
    delegations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lone:
    """A delegation with one delegate, who cannot be in two places. `head`: they head it."""

    code: str
    name: str
    region: str
    head: bool


@dataclass(frozen=True)
class Hall:
    """A room, as far as the rules look at it."""

    code: str
    name: str
    zone: str
    capacity: int
    booths: int


class Closed(Protocol):
    """A closure, as `venues.selectors.closures` gives it."""

    @property
    def room_code(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True)
class Setting:
    """The world the sessions are held against. `walks` gives minutes between two zones' names."""

    halls: Mapping[str, Hall]
    closures: Sequence[Closed]
    walks: Mapping[tuple[str, str], int]
    opens: datetime
    closes: datetime
    lone: Sequence[Lone] = ()


@dataclass(frozen=True)
class Clash:
    """One finding: which rule, how bad, which sessions, and the facts its sentence names."""

    rule: Rule
    level: Level
    codes: tuple[str, ...]
    facts: Mapping[str, object] = field(default_factory=dict, compare=False)
    detail: str = ""

    @property
    def key(self) -> str:
        """The same as long as the clash is the same; an accepted warning is kept under it."""
        return ":".join([self.rule.value, *self.codes, self.detail])

    @property
    def blocks(self) -> bool:
        return self.level == Level.BLOCKS

    def __str__(self) -> str:
        return str(self.rule.label) % self.facts


def find(slots: Iterable[Slot], setting: Setting) -> list[Clash]:
    """Every clash, those that block first, then in the order of the sessions' codes."""
    every = sorted(slots, key=lambda slot: (slot.starts_at, slot.ends_at, slot.code))
    ordered = [slot for slot in every if slot.room in setting.halls]
    found = [clash for rule in RULES for clash in rule(ordered, setting)]
    found += [
        _clash(Rule.ROOM_GONE, slot, room=slot.room)
        for slot in every
        if slot.room not in setting.halls
    ]
    return sorted(found, key=lambda clash: (not clash.blocks, clash.codes, clash.rule.value))


def _clash(
    rule: Rule, *slots: Slot, level: Level | None = None, detail: str = "", **facts: object
) -> Clash:
    titles = " / ".join(f"“{slot.title}”" for slot in slots)
    return Clash(
        rule=rule,
        level=level or LEVELS[rule],
        codes=tuple(slot.code for slot in slots),
        facts={"sessions": titles, **facts},
        detail=detail,
    )


def _grouped(ordered: Iterable[Slot]) -> dict[str, list[Slot]]:
    rooms: dict[str, list[Slot]] = defaultdict(list)
    for slot in ordered:
        rooms[slot.room].append(slot)
    return rooms


def _overlapping(ordered: Iterable[Slot]) -> Iterator[tuple[Slot, Slot]]:
    """Each pair that shares an instant, from slots sorted by start."""
    running: list[Slot] = []
    for slot in ordered:
        running = [
            other
            for other in running
            if other.ends_at > slot.starts_at or other.starts_at == slot.starts_at
        ]
        for other in running:
            yield other, slot
        running.append(slot)


def _rooms_used_twice(ordered: Sequence[Slot], setting: Setting) -> Iterator[Clash]:
    for code, group in _grouped(ordered).items():
        for first, second in _overlapping(group):
            yield _clash(Rule.ROOM_TWICE, first, second, room=_name(code, setting))


def _short_turnarounds(ordered: Sequence[Slot], setting: Setting) -> Iterator[Clash]:
    for code, group in _grouped(ordered).items():
        latest = None
        for slot in group:
            if latest and timedelta() <= slot.starts_at - latest.ends_at < TURNAROUND:
                gap = _minutes(slot.starts_at - latest.ends_at)
                room = _name(code, setting)
                yield _clash(
                    Rule.SHORT_TURNAROUND, latest, slot, detail=str(gap), room=room, gap=gap
                )
            if latest is None or slot.ends_at > latest.ends_at:
                latest = slot


def _closed_rooms(ordered: Sequence[Slot], setting: Setting) -> Iterator[Clash]:
    closed: dict[str, list[Closed]] = defaultdict(list)
    for closure in setting.closures:
        closed[closure.room_code].append(closure)
    for slot in ordered:
        for closure in closed.get(slot.room, ()):
            if closure.starts_at < slot.ends_at and slot.starts_at < closure.ends_at:
                yield _clash(
                    Rule.ROOM_CLOSED,
                    slot,
                    detail=closure.starts_at.isoformat(),
                    room=_name(slot.room, setting),
                    reason=closure.reason,
                )


def _seats(ordered: Sequence[Slot], setting: Setting) -> Iterator[Clash]:
    for slot in ordered:
        hall = setting.halls[slot.room]
        filled = slot.expected * 100
        if filled > hall.capacity * FULL_PERCENT:
            rule = Rule.OVER_CAPACITY
        elif filled > hall.capacity * NEARLY_FULL_PERCENT:
            rule = Rule.NEARLY_FULL
        else:
            continue
        yield _clash(
            rule,
            slot,
            detail=f"{slot.expected}/{hall.capacity}",
            expected=slot.expected,
            room=hall.name,
            capacity=hall.capacity,
        )


def _people(ordered: Sequence[Slot], setting: Setting) -> Iterator[Clash]:
    days: dict[str, dict[str, Slot]] = defaultdict(dict)
    names: dict[str, str] = {}
    for slot in ordered:
        for engagement in slot.people:
            days[engagement.person][slot.code] = slot
            names[engagement.person] = engagement.name
    for person, slots in days.items():
        yield from _two_places(person, names[person], list(slots.values()))
        yield from _short_walks(person, names[person], list(slots.values()), setting)


def _two_places(person: str, name: str, slots: Sequence[Slot]) -> Iterator[Clash]:
    for first, second in _overlapping(slots):
        yield _clash(Rule.TWO_PLACES, first, second, detail=person, person=name)


def _short_walks(
    person: str, name: str, slots: Sequence[Slot], setting: Setting
) -> Iterator[Clash]:
    for first, second in pairwise(slots):
        gap = second.starts_at - first.ends_at
        zones = setting.halls[first.room].zone, setting.halls[second.room].zone
        walk = timedelta(minutes=setting.walks.get(zones, 0))
        if timedelta() <= gap < walk:
            on_platform = (_roles(person, first) | _roles(person, second)) & PLATFORM_ROLES
            yield _clash(
                Rule.SHORT_WALK,
                first,
                second,
                level=Level.BLOCKS if on_platform else Level.WARNS,
                detail=f"{person}:{_minutes(gap)}",
                person=name,
                gap=_minutes(gap),
                walk=_minutes(walk),
            )


def _roles(person: str, slot: Slot) -> set[str]:
    """All that somebody does on one session: a chair who also speaks is still the chair."""
    return {entry.role for entry in slot.people if entry.person == person}


def _lone_delegates(ordered: Sequence[Slot], setting: Setting) -> Iterator[Clash]:
    """One clash for each pair of sessions, naming the delegations whose only delegate it tears."""
    if not setting.lone:
        return
    for first, second in _overlapping([slot for slot in ordered if slot.mandatory]):
        torn = [lone for lone in setting.lone if _must(lone, first) and _must(lone, second)]
        if torn:
            codes = sorted(lone.code for lone in torn)
            names = ", ".join(sorted(lone.name for lone in torn)[:NAMED])
            names += ", …" if len(torn) > NAMED else ""
            detail = ",".join(codes)
            yield _clash(Rule.LONE_DELEGATE, first, second, detail=detail, delegations=names)


def _must(lone: Lone, slot: Slot) -> bool:
    """Whether the only delegate of this delegation has to be there."""
    return {
        Mandatory.DELEGATES: True,
        Mandatory.HEADS: lone.head,
        Mandatory.REGION: lone.region == slot.region,
        Mandatory.NAMED: lone.code in slot.delegations,
    }[Mandatory(slot.mandatory)]


def _ceremonies(ordered: Sequence[Slot], _setting: Setting) -> Iterator[Clash]:
    ranked = [slot for slot in ordered if slot.kind not in OUT_OF_RANK]
    for anchor in (slot for slot in ranked if slot.anchor):
        for slot in ranked:
            if slot.code == anchor.code:
                continue
            if anchor.anchor == Anchor.OPENING and slot.starts_at < anchor.ends_at:
                yield _clash(Rule.OPENING_FIRST, slot)
            if anchor.anchor == Anchor.CLOSING and slot.ends_at > anchor.starts_at:
                yield _clash(Rule.CLOSING_LAST, slot)


def _order(ordered: Sequence[Slot], _setting: Setting) -> Iterator[Clash]:
    by_code = {slot.code: slot for slot in ordered}
    for slot in ordered:
        earlier = by_code.get(slot.must_follow)
        if earlier is not None and slot.starts_at < earlier.ends_at:
            yield _clash(Rule.OUT_OF_ORDER, slot, earlier)


def _days(ordered: Sequence[Slot], setting: Setting) -> Iterator[Clash]:
    for slot in ordered:
        if slot.starts_at < setting.opens or slot.ends_at > setting.closes:
            yield _clash(Rule.OUTSIDE_DAYS, slot)


def _media(ordered: Sequence[Slot], setting: Setting) -> Iterator[Clash]:
    for slot in ordered:
        if slot.media == MediaAccess.CLOSED:
            continue
        if slot.listing != Listing.PUBLIC:
            yield _clash(Rule.MEDIA_UNLISTED, slot)
        hall = setting.halls[slot.room]
        if slot.media == MediaAccess.POOL and slot.media_places > hall.capacity:
            yield _clash(
                Rule.POOL_TOO_LARGE,
                slot,
                detail=f"{slot.media_places}/{hall.capacity}",
                places=slot.media_places,
                room=hall.name,
                capacity=hall.capacity,
            )


def _booths(ordered: Sequence[Slot], setting: Setting) -> Iterator[Clash]:
    for slot in ordered:
        hall = setting.halls[slot.room]
        if slot.languages > hall.booths:
            yield _clash(
                Rule.TOO_FEW_BOOTHS,
                slot,
                detail=f"{slot.languages}/{hall.booths}",
                languages=slot.languages,
                room=hall.name,
                booths=hall.booths,
            )


def _name(code: str, setting: Setting) -> str:
    return setting.halls[code].name


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


RULES: tuple[Callable[[Sequence[Slot], Setting], Iterator[Clash]], ...] = (
    _rooms_used_twice,
    _closed_rooms,
    _seats,
    _people,
    _lone_delegates,
    _ceremonies,
    _order,
    _days,
    _short_turnarounds,
    _media,
    _booths,
)
