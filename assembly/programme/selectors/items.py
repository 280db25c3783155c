"""One published session as pages show it: references resolved, texts in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from assembly.delegations.choices import Region
from assembly.programme.choices import Audience, MediaAccess, Role, SessionKind
from assembly.programme.payloads import Payload, end_of, start_of, text_in

NEWS: Final = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    """A room as the revision froze it."""

    code: str
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        return text_in(self.facts["name"], _language()) or self.code

    @property
    def zone(self) -> str:
        return str(self.facts["zone"])

    def closed_on(self, day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
        """The windows in which the room is closed, cut to this day of the zone."""
        opens = datetime.combine(day, time(), zone)
        closes = datetime.combine(day, time(23, 59), zone)
        windows = (
            [datetime.fromisoformat(instant).astimezone(zone) for instant in window]
            for window in self.facts["closed"]
        )
        return [
            (max(start, opens), min(end, closes))
            for start, end in windows
            if start < closes and end > opens
        ]


@dataclass(frozen=True)
class PersonOn:
    """Somebody on a session, by the name they have today."""

    name: str
    role: str
    affiliation: str

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label)


@dataclass(frozen=True)
class Item:
    """A published session: instants in the Assembly's zone, texts in the current language."""

    payload: Payload
    starts_at: datetime
    ends_at: datetime
    place: Place
    people: tuple[PersonOn, ...]
    sequence: int
    changed_in: int
    changed_at: datetime
    old_start: datetime | None = None
    old_place: Place | None = None

    @property
    def code(self) -> str:
        return str(self.payload["code"])

    @property
    def title(self) -> str:
        return text_in(self.payload["title"], _language())

    @property
    def title_language(self) -> str:
        """The language the title really is in, for the `lang` attribute."""
        return _language() if self.payload["title"].get(_language()) else "en"

    @property
    def abstract(self) -> str:
        return text_in(self.payload["abstract"], _language())

    @property
    def theme(self) -> str:
        return text_in(self.payload["theme"], _language())

    @property
    def day(self) -> date:
        return self.starts_at.date()

    @property
    def is_cancelled(self) -> bool:
        return bool(self.payload["status"] == "cancelled")

    @property
    def kind_label(self) -> str:
        return str(SessionKind(self.payload["kind"]).label)

    @property
    def audience_label(self) -> str:
        if self.payload["audience"] == Audience.REGION:
            return str(Region(self.payload["region"]).label)
        return str(Audience(self.payload["audience"]).label)

    @property
    def media_label(self) -> str:
        return str(MediaAccess(self.payload["media"]["access"]).label)

    @property
    def call_time(self) -> datetime | None:
        """When media have to be there."""
        minutes = self.payload["media"]["call_minutes"]
        if minutes is None:
            return None
        earlier = self.starts_at.astimezone(UTC).timestamp() - minutes * 60
        return datetime.fromtimestamp(earlier, self.starts_at.tzinfo)

    def is_news(self, at: datetime) -> bool:
        """True for a day after the session moved in time or place."""
        moved = self.old_start is not None or self.old_place is not None
        return moved and at - self.changed_at < NEWS

    @cached_property
    def haystack(self) -> str:
        """All words a search looks in."""
        texts = [*self.payload["title"].values(), *self.payload["theme"].values()]
        people = [f"{person.name} {person.affiliation}" for person in self.people]
        names = [*self.place.facts["name"].values(), self.place.zone, self.code]
        return " ".join([*texts, *people, *names, self.payload["agenda_item"]]).casefold()


def place_of(code: str, places: Mapping[str, Any]) -> Place:
    """A frozen room; one that the revision no longer names keeps its code for a name."""
    return Place(code, places.get(code, {"name": {}, "zone": "", "capacity": 0, "closed": []}))


def item_of(
    payload: Payload, zone: ZoneInfo, places: Mapping[str, Any], names: Mapping[str, str]
) -> Item:
    """A payload with its references resolved; without its place in the history."""
    return Item(
        payload=payload,
        starts_at=start_of(payload).astimezone(zone),
        ends_at=end_of(payload).astimezone(zone),
        place=place_of(payload["room"], places),
        people=tuple(
            PersonOn(names[entry["person"]], entry["role"], entry["affiliation"])
            for entry in payload["people"]
            if entry["person"] in names
        ),
        sequence=0,
        changed_in=0,
        changed_at=datetime.min.replace(tzinfo=UTC),
    )


def _language() -> str:
    return (get_language() or "en")[:2]
