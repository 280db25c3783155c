"""Where the rooms stand on the schematic plan. Plain Python; units are those of the SVG.

Positions come as percent of the plan's width and height. Nothing on it is to scale.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

WIDTH: Final = 600
HEIGHT: Final = 320
MARGIN: Final = 40
RADIUS: Final = 13


@dataclass(frozen=True)
class Spot:
    """A room: its number on the plan, its place, and whether it is the one that is looked for."""

    number: int
    code: str
    names: Mapping[str, str]
    step_free: bool
    x: int
    y: int
    is_marked: bool


@dataclass(frozen=True)
class Area:
    """A zone: the box round its rooms."""

    name: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Plan:
    spots: list[Spot]
    areas: list[Area]

    @property
    def view_box(self) -> str:
        """What the SVG shows: the areas and a margin, so that they fill it on a phone."""
        if not self.areas:
            return f"0 0 {WIDTH} {HEIGHT}"
        left = min(area.x for area in self.areas) - RADIUS
        top = min(area.y for area in self.areas) - RADIUS
        right = max(area.x + area.width for area in self.areas) + RADIUS
        bottom = max(area.y + area.height for area in self.areas) + RADIUS
        return f"{left} {top} {right - left} {bottom - top}"

    @property
    def marked(self) -> Spot | None:
        return next((spot for spot in self.spots if spot.is_marked), None)


def plan_of(places: Mapping[str, Any], marked: str = "") -> Plan:
    """The plan of a revision's rooms, numbered by code; `marked` is the room to point at."""
    spots, zones = [], defaultdict(list)
    for number, code in enumerate(sorted(places), start=1):
        facts = places[code]
        across, down = facts.get("plan", (50, 50))
        spot = Spot(
            number=number,
            code=code,
            names=facts["name"],
            step_free=facts.get("step_free", False),
            x=MARGIN + round((WIDTH - 2 * MARGIN) * across / 100),
            y=MARGIN + round((HEIGHT - 2 * MARGIN) * down / 100),
            is_marked=code == marked,
        )
        spots.append(spot)
        zones[facts["zone"]].append(spot)
    return Plan(spots, [_area(name, group) for name, group in sorted(zones.items())])


def _area(name: str, spots: list[Spot]) -> Area:
    left = min(spot.x for spot in spots) - 2 * RADIUS
    top = min(spot.y for spot in spots) - 3 * RADIUS
    right = max(spot.x for spot in spots) + 2 * RADIUS
    bottom = max(spot.y for spot in spots) + 2 * RADIUS
    return Area(name, left, top, max(right - left, 8 * RADIUS), bottom - top)
