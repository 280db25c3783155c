"""What is closed. The programme's clash rules read closures here and nowhere else."""

from dataclasses import dataclass
from datetime import datetime

from venues.models import RoomClosure, WalkingTime


@dataclass(frozen=True)
class Closure:
    """A room nobody can use in [starts_at, ends_at); aware UTC."""

    room_code: str
    starts_at: datetime
    ends_at: datetime
    reason: str


def closures(*, start: datetime, end: datetime) -> list[Closure]:
    """Every closure that touches [start, end), in order of time; aware UTC."""
    rows = RoomClosure.objects.overlapping(start, end).select_related("room")
    return [
        Closure(row.room.code, row.starts_at, row.ends_at, row.reason)
        for row in rows.order_by("starts_at", "room__code")
    ]


def walking_minutes() -> dict[tuple[str, str], int]:
    """Minutes on foot between two zones, by names, both ways round."""
    walks: dict[tuple[str, str], int] = {}
    for walk in WalkingTime.objects.select_related("first", "second"):
        walks[walk.first.name, walk.second.name] = walk.minutes
        walks[walk.second.name, walk.first.name] = walk.minutes
    return walks
