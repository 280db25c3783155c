"""One day of the schedule as the page lays it out: list on phones, grid on wide screens."""

from dataclasses import dataclass
from datetime import date as calendar_date
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from assembly.programme import timetable
from assembly.programme.selectors.items import Item, Place


@dataclass(frozen=True)
class Day:
    """One day of the schedule as the page lays it out."""

    items: list[Item]
    rooms: list[Place]
    at: datetime
    date: calendar_date
    zone: ZoneInfo
    starts: list[datetime]  # of every session of the day, filtered out or not

    @cached_property
    def held(self) -> list[Item]:
        return [item for item in self.items if not item.is_cancelled]

    @cached_property
    def cancelled(self) -> list[Item]:
        return [item for item in self.items if item.is_cancelled]

    @cached_property
    def has_grid(self) -> bool:
        return timetable.fits(self.rooms)

    @cached_property
    def hour(self) -> int:
        return timetable.first_hour(item.starts_at for item in self.held)

    @cached_property
    def is_today(self) -> bool:
        return self.at.astimezone(self.zone).date() == self.date

    @cached_property
    def rows(self) -> list[tuple[Item, str, str]]:
        """Each session with its grid classes and "now", "next" or ""."""
        coming = [start for start in self.starts if start > self.at]
        first = min(coming, default=None)
        columns = {room.code: number for number, room in enumerate(self.rooms, start=2)}
        return [(item, self._classes(item, columns), self._mark(item, first)) for item in self.held]

    @cached_property
    def marked(self) -> str:
        """The session that "jump to now" leads to: one that runs, else the next; "" for none."""
        marks = {mark: item.code for item, _classes, mark in reversed(self.rows) if mark}
        return marks.get("now") or marks.get("next") or ""

    @cached_property
    def runs(self) -> bool:
        return any(mark == "now" for _item, _classes, mark in self.rows)

    def hours(self) -> list[tuple[str, str]]:
        """The labels down the side: class and text."""
        last = timetable.last_hour((item.ends_at for item in self.held), self.hour)
        step = 60 // timetable.STEP
        return [
            (f"r{(hour - self.hour) * step + timetable.HEADER_ROWS + 1}", f"{hour % 24:02d}:00")
            for hour in range(self.hour, last + 1)
        ]

    def closures(self) -> list[str]:
        """Classes of the hatched cells: rooms that are closed for a part of this day."""
        cells = []
        for column, room in enumerate(self.rooms, start=2):
            for start, end in room.closed_on(self.date, self.zone):
                cells.append(timetable.cell(start, end, self.hour, column).classes)
        return cells

    def now_line(self) -> str:
        """The class of the line that says where the day stands; "" outside of the grid's hours."""
        now = self.at.astimezone(self.zone)
        last = timetable.last_hour((item.ends_at for item in self.held), self.hour)
        if not self.is_today or not self.hour <= now.hour < last:
            return ""
        return f"r{timetable.row_at(now, self.hour)}"

    def _classes(self, item: Item, columns: dict[str, int]) -> str:
        if not self.has_grid:
            return ""
        column = columns[item.place.code]
        return timetable.cell(item.starts_at, item.ends_at, self.hour, column).classes

    def _mark(self, item: Item, first: datetime | None) -> str:
        if not self.is_today:
            return ""
        if item.starts_at <= self.at < item.ends_at:
            return "now"
        return "next" if item.starts_at == first else ""
