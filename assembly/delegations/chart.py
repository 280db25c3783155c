"""Where bars and steps stand in the chart of confirmations. Plain Python; units are SVG's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

WIDTH: Final = 400
HEIGHT: Final = 60


@dataclass(frozen=True)
class Part:
    """A part of a bar: which state, how many, and where it stands."""

    state: str
    count: int
    x: float
    width: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def is_wide(self) -> bool:
        """Whether its number fits inside."""
        return self.width >= 8 * len(str(self.count)) + 8


def bar(counts: Sequence[tuple[str, int]], longest: int) -> list[Part]:
    """The parts of one bar, one after the other; `longest` is the total that fills the width."""
    parts, x = [], 0.0
    for state, count in counts:
        width = round(WIDTH * count / longest, 1) if longest else 0.0
        if count:
            parts.append(Part(state, count, x, width))
        x = round(x + width, 1)
    return parts


def steps(days: Sequence[tuple[date, int]], first: date, last: date, most: int) -> str:
    """An SVG path that climbs by one step on each of these days, from `first` to `last`.

    `days` are (day, total so far) in order; `most` is the total at the top edge.
    """
    span = max((last - first).days, 1)
    path, level = [f"M0 {HEIGHT}"], HEIGHT
    for day, total in days:
        x = round(WIDTH * min(max((day - first).days, 0), span) / span)
        level = round(HEIGHT - HEIGHT * total / most) if most else HEIGHT
        path += [f"H{x}", f"V{level}"]
    return " ".join([*path, f"H{WIDTH}"])
