"""Where a session stands in the day's grid: rooms across, time down. Plain Python.

The grid has a row for every five minutes. Rows and spans become class names (`r12`, `s18`, `c3`)
whose rules stand in `grid.css`: a strict content security policy allows no style attributes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

STEP: Final = 5
HEADER_ROWS: Final = 1
MOST_COLUMNS: Final = 8
LAST_ROW: Final = 300


@dataclass(frozen=True)
class Cell:
    """Classes that place something in the grid."""

    row: int
    span: int
    column: int

    @property
    def classes(self) -> str:
        return f"r{self.row} s{self.span} c{self.column}"


def first_hour(starts: Iterable[datetime]) -> int:
    """The hour the grid begins at."""
    return min((start.hour for start in starts), default=8)


def last_hour(ends: Iterable[datetime], first: int) -> int:
    """The hour the grid ends at, after the last minute of the day's sessions."""
    return max((end.hour + (end.minute > 0) for end in ends), default=first + 1)


def row_at(moment: datetime, hour: int) -> int:
    """The grid row of an instant, rounded down to five minutes."""
    row = ((moment.hour - hour) * 60 + moment.minute) // STEP + HEADER_ROWS + 1
    return max(HEADER_ROWS + 1, min(row, LAST_ROW))


def cell(start: datetime, end: datetime, hour: int, column: int) -> Cell:
    """Place [start, end) in a column counted from 1; it spans at least one row."""
    shown = max(start, start.replace(hour=hour, minute=0, second=0, microsecond=0))
    minutes = int((end.timestamp() - shown.timestamp()) // 60)
    row = row_at(shown, hour)
    return Cell(row, max(1, min(minutes // STEP, LAST_ROW - row)), column)


def fits(rooms: Sequence[object]) -> bool:
    """Whether there are few enough rooms to stand side by side."""
    return 1 < len(rooms) <= MOST_COLUMNS
