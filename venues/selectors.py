"""What is closed. The programme's clash rules read closures here and nowhere else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from assembly.core.compiled import CompiledQuery
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


_WALKS: Final = CompiledQuery(
    lambda: WalkingTime.objects.order_by().values_list("first__name", "second__name", "minutes")
)


def walking_minutes() -> dict[tuple[str, str], int]:
    """Minutes on foot between two zones, by names, both ways round."""
    walks: dict[tuple[str, str], int] = {}
    for first, second, minutes in _WALKS.rows():
        walks[first, second] = walks[second, first] = minutes
    return walks
