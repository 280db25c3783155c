"""How a session may move between its states, and the numbers of the clash rules."""

from datetime import timedelta
from typing import Final

from assembly.programme.choices import Level, Role, Rule, Status

# A session that was published once is cancelled, never made a draft again: its readers must see
# what became of it.
TRANSITIONS: Final[dict[str, frozenset[str]]] = {
    Status.DRAFT: frozenset({Status.CONFIRMED, Status.CANCELLED}),
    Status.CONFIRMED: frozenset({Status.DRAFT, Status.CANCELLED}),
    Status.CANCELLED: frozenset({Status.CONFIRMED}),
}

TURNAROUND: Final = timedelta(minutes=15)
NEARLY_FULL_PERCENT: Final = 90
FULL_PERCENT: Final = 100
PLATFORM_ROLES: Final = frozenset({Role.CHAIR, Role.MODERATOR})

LEVELS: Final[dict[str, Level]] = {
    Rule.ROOM_GONE: Level.BLOCKS,
    Rule.ROOM_TWICE: Level.BLOCKS,
    Rule.ROOM_CLOSED: Level.BLOCKS,
    Rule.OVER_CAPACITY: Level.BLOCKS,
    Rule.NEARLY_FULL: Level.WARNS,
    Rule.TWO_PLACES: Level.BLOCKS,
    Rule.LONE_DELEGATE: Level.BLOCKS,
    Rule.SHORT_WALK: Level.WARNS,  # blocks for a chair or moderator
    Rule.OPENING_FIRST: Level.BLOCKS,
    Rule.CLOSING_LAST: Level.BLOCKS,
    Rule.OUT_OF_ORDER: Level.BLOCKS,
    Rule.OUTSIDE_DAYS: Level.BLOCKS,
    Rule.SHORT_TURNAROUND: Level.WARNS,
    Rule.MEDIA_UNLISTED: Level.BLOCKS,
    Rule.POOL_TOO_LARGE: Level.WARNS,
    Rule.TOO_FEW_BOOTHS: Level.BLOCKS,
}


def may_move(old: str, new: str, *, published: bool) -> bool:
    """Whether a session may go from one status to another; staying is always allowed."""
    if old == new:
        return True
    if published and new == Status.DRAFT:
        return False
    return new in TRANSITIONS[old]
