"""The Scottish Event Campus from the demo's data."""

from datetime import datetime
from typing import Any

from venues.models import Room, Venue, WalkingTime, Zone


def build(*, data: dict[str, Any], at: datetime, scale: int) -> Venue:
    """The venue with its zones, walks and rooms, the rooms `scale` times."""
    facts = data["assembly"]["venue"]
    venue, _ = Venue.objects.get_or_create(name=facts["name"], defaults=facts)
    for room in data["rooms"]:
        zone, _ = Zone.objects.get_or_create(venue=venue, name=room["zone"])
        for copy in range(1, scale + 1):
            _room(room, zone, copy)
    for walk in data["walking_minutes"]:
        WalkingTime.objects.get_or_create(
            first=Zone.objects.get(venue=venue, name=walk["from"]),
            second=Zone.objects.get(venue=venue, name=walk["to"]),
            defaults={"minutes": walk["minutes"], "illustrative": walk["illustrative"]},
        )
    return venue


def room_code(code: str, copy: int) -> str:
    """The code of a room's copy; the first is the room itself."""
    return code if copy == 1 else f"{code}-{copy}"


def _room(facts: dict[str, Any], zone: Zone, copy: int) -> None:
    suffix = "" if copy == 1 else f" {copy}"
    Room.objects.get_or_create(
        code=room_code(facts["code"], copy),
        defaults={
            "venue": zone.venue,
            "zone": zone,
            "capacity": facts["capacity"],
            "booths": facts["booths"],
            "plan_x": facts["plan"][0],
            "plan_y": facts["plan"][1],
            "illustrative": facts["illustrative"] or copy > 1,
            **{f"name_{language}": name + suffix for language, name in facts["name"].items()},
        },
    )
