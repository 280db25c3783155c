"""How an invitation moves, and the numbers of a delegation, in plain Python."""

from datetime import datetime, timedelta
from typing import Final

from assembly.delegations.choices import State

TRANSITIONS: Final[dict[str, frozenset[str]]] = {
    State.PLANNED: frozenset({State.INVITED, State.CONFIRMED, State.DECLINED}),
    State.INVITED: frozenset({State.CONFIRMED, State.DECLINED}),
    State.CONFIRMED: frozenset({State.DECLINED}),
    State.DECLINED: frozenset({State.INVITED, State.CONFIRMED}),
}
DEFAULT_SEATS: Final = 5
CODE_LASTS: Final = timedelta(days=30)  # a printed sign-in code


def may_move(old: str, new: str) -> bool:
    """Whether an invitation may go from one state to another; staying is always allowed."""
    return old == new or new in TRANSITIONS[old]


def is_open(closes_at: datetime | None, now: datetime) -> bool:
    """Whether focal points may still change their list. Without a deadline they always may."""
    return closes_at is None or now < closes_at
