"""The changes that are not published yet, as organisers look at them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assembly.editions.models import Assembly
from assembly.programme.choices import ChangeKind
from assembly.programme.differences import Change
from assembly.programme.payloads import Payload
from assembly.programme.selectors.changelog import Entry
from assembly.programme.selectors.drafts import names_of
from assembly.programme.selectors.items import Item, item_of
from venues.models import Room


@dataclass(frozen=True)
class Proposed:
    """Changes ready to be shown, and how many there are of each kind."""

    entries: list[Entry]

    def counts(self) -> list[tuple[str, int]]:
        found = [kind for entry in self.entries for kind in entry.change.kinds]
        return [(str(kind.label), found.count(kind)) for kind in ChangeKind if kind in found]


def proposed(assembly: Assembly, changes: list[Change]) -> Proposed:
    """These changes with today's names of rooms and people; for organisers only."""
    payloads = [payload for change in changes for payload in (change.old, change.new) if payload]
    names = names_of(payloads)
    places = _places({payload["room"] for payload in payloads})
    return Proposed(
        [
            Entry(
                change,
                _item(change.old, assembly, places, names),
                _item(change.new, assembly, places, names),
            )
            for change in changes
        ]
    )


def _item(
    payload: Payload | None,
    assembly: Assembly,
    places: Mapping[str, Any],
    names: Mapping[str, str],
) -> Item | None:
    return None if payload is None else item_of(payload, assembly.zone, places, names)


def _places(codes: set[str]) -> dict[str, Any]:
    rooms = Room.objects.filter(code__in=codes).select_related("zone")
    return {
        room.code: {
            "name": {"en": room.name},
            "zone": room.zone.name,
            "capacity": room.capacity,
            "closed": [],
        }
        for room in rooms
    }
