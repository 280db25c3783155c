"""Whom a session concerns and who may know of it, in plain Python on payloads.

`may_know` says for many people at once what `PublishedSession.objects.visible_to` says for one
user; a test holds the two against each other for every listing.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from assembly.itineraries.choices import Why

Payload = Mapping[str, Any]
DELEGATES: Final = ("delegates",)
HEADS: Final = ("heads",)
NOBODY: Final[frozenset[int]] = frozenset()


@dataclass(frozen=True)
class Attendee:
    """A person at the Assembly. `reference` is the person's UUID as payloads name people.

    `attends` says whether they see what is listed for delegates; `delegation` is a code or "".
    """

    person: int
    reference: str
    attends: bool = False
    is_delegate: bool = False
    is_head: bool = False
    delegation: str = ""
    region: str = ""
    is_media: bool = False


def whom(payload: Payload) -> tuple[str, ...]:
    """The group a session is mandatory for, as a key; () for nobody."""
    mandatory = payload["mandatory"]
    if mandatory == "delegates":
        return DELEGATES
    if mandatory == "heads":
        return HEADS
    if mandatory == "region":
        return ("region", payload["region"])
    return ("named",) if mandatory == "named" else ()


def groups_of(attendee: Attendee) -> list[tuple[str, ...]]:
    """The groups somebody belongs to, but for the named delegations."""
    if not attendee.is_delegate:
        return []
    groups: list[tuple[str, ...]] = [DELEGATES, ("region", attendee.region)]
    return [*groups, HEADS] if attendee.is_head else groups


class Programme:
    """Sessions by whom they concern, so that one person's are found without looking at all."""

    def __init__(self, payloads: Iterable[Payload]) -> None:
        self._groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
        self._delegations: dict[str, list[str]] = defaultdict(list)
        self._people: dict[str, list[str]] = defaultdict(list)
        for payload in payloads:
            code, group = payload["code"], whom(payload)
            if group == ("named",):
                for delegation in payload["delegations"]:
                    self._delegations[delegation].append(code)
            elif group:
                self._groups[group].append(code)
            for entry in payload["people"]:
                self._people[entry["person"]].append(code)

    def of(self, attendee: Attendee, saved: Iterable[str]) -> dict[str, tuple[Why, ...]]:
        """The codes that concern somebody, each with the reasons."""
        found: dict[str, list[Why]] = defaultdict(list)
        for code in dict.fromkeys(self._people.get(attendee.reference, ())):
            found[code].append(Why.SPEAKS)
        for group in groups_of(attendee):
            for code in self._groups.get(group, ()):
                found[code].append(Why.MANDATORY)
        for code in self._delegations.get(attendee.delegation, ()):
            found[code].append(Why.MANDATORY)
        for code in saved:
            found[code].append(Why.SAVED)
        return {code: tuple(whys) for code, whys in found.items()}


@dataclass
class Crowd:
    """Everybody at the Assembly, by what decides whom a session concerns. Sets of people's keys."""

    everybody: set[int] = field(default_factory=set)
    attend: set[int] = field(default_factory=set)
    media: set[int] = field(default_factory=set)
    by_group: dict[tuple[str, ...], set[int]] = field(default_factory=lambda: defaultdict(set))
    by_delegation: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_reference: dict[str, int] = field(default_factory=dict)
    saved: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, attendee: Attendee) -> None:
        self.everybody.add(attendee.person)
        self.by_reference[attendee.reference] = attendee.person
        if attendee.attends:
            self.attend.add(attendee.person)
        if attendee.is_media:
            self.media.add(attendee.person)
        if attendee.delegation:
            self.by_delegation[attendee.delegation].add(attendee.person)
        for group in groups_of(attendee):
            self.by_group[group].add(attendee.person)

    def concerned_by(self, payload: Payload, at: datetime) -> set[int]:
        """The people a session concerns who may know of it at this moment."""
        found = self.expected_at(payload) | self.taking_part_in(payload)
        found |= self.saved.get(payload["code"], NOBODY)
        return found & self.may_know(payload, at)

    def expected_at(self, payload: Payload) -> set[int]:
        """The people a session is mandatory for."""
        group = whom(payload)
        if group == ("named",):
            return self._members(payload)
        return set(self.by_group.get(group, NOBODY)) if group else set()

    def may_know(self, payload: Payload, at: datetime) -> set[int]:
        """Who may see that the session exists."""
        embargo = payload["embargo_until"]
        if embargo is not None and datetime.fromisoformat(embargo) > at:
            return set()
        listing = payload["listing"]
        if listing == "public":
            return self.everybody
        if listing == "delegates":
            return self.attend
        if listing == "named":
            return self._members(payload) | self.taking_part_in(payload)
        return set()

    def _members(self, payload: Payload) -> set[int]:
        return {
            person
            for code in payload["delegations"]
            for person in self.by_delegation.get(code, NOBODY)
        }

    def taking_part_in(self, payload: Payload) -> set[int]:
        """The people on a session."""
        references = (entry["person"] for entry in payload["people"])
        return {self.by_reference[r] for r in references if r in self.by_reference}


def overlaps(
    sessions: Iterable[tuple[str, datetime, datetime]], *, touching: Container[str] | None = None
) -> set[tuple[str, str]]:
    """Pairs of codes that share an instant, from (code, start, end); each pair in order of code.

    With `touching`, only the pairs that one of these codes belongs to.
    """
    pairs: set[tuple[str, str]] = set()
    running: list[tuple[str, datetime, datetime]] = []
    watched: list[tuple[str, datetime, datetime]] = []
    for session in sorted(sessions, key=lambda entry: (entry[1], entry[2], entry[0])):
        running = [other for other in running if _runs_on(other, session)]
        watched = [other for other in watched if _runs_on(other, session)]
        is_watched = touching is None or session[0] in touching
        for other in running if is_watched else watched:
            pairs.add((min(other[0], session[0]), max(other[0], session[0])))
        running.append(session)
        if is_watched:
            watched.append(session)
    return pairs


def _runs_on(
    earlier: tuple[str, datetime, datetime], later: tuple[str, datetime, datetime]
) -> bool:
    """Whether the earlier still runs when the later starts, or both start at the same minute."""
    return earlier[2] > later[1] or earlier[1] == later[1]
