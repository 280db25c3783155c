"""When somebody is told, and what a text may say, in plain Python."""

import string
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from assembly.notifications.choices import AlertKind, WordingKey

QUIET: Final = timedelta(minutes=2)
LONGEST_WAIT: Final = timedelta(minutes=10)
HURRY: Final = timedelta(hours=2)
HURRIED_QUIET: Final = timedelta(seconds=20)
UNDO: Final = timedelta(seconds=60)
NEWS: Final = timedelta(days=1)

OLDEST_DUE: Final = timedelta(minutes=5)
SILENT_AFTER: Final = timedelta(seconds=60)
FEWEST_FINISHED: Final = 20
MOST_FAILED: Final = 0.1
ALERT_WINDOW: Final = timedelta(hours=1)

_SESSION: Final = frozenset({"title", "day", "time", "room"})
_ALWAYS: Final = frozenset({"number", "city"})
PLACEHOLDERS: Final[Mapping[str, frozenset[str]]] = {
    WordingKey.REMINDER: _SESSION | _ALWAYS,
    WordingKey.EVENING: _ALWAYS | {"day"},
    WordingKey.CHANGES: _ALWAYS | {"count"},
}
IN_ANNOUNCEMENTS: Final = frozenset({"name", "delegation"})


def before(start: datetime, minutes: int) -> datetime:
    """`minutes` before an instant, counted in UTC: the hour of the clock change is an hour too."""
    return start.astimezone(UTC) - timedelta(minutes=minutes)


def evening_before(first_day: date, at: time, zone: ZoneInfo) -> datetime:
    """A wall-clock time on the day before the first one, in UTC.

    A time that happens twice is the first of the two; one that does not exist is as far after the
    change as it would have been after midnight.
    """
    return datetime.combine(first_day - timedelta(days=1), at, zone).astimezone(UTC)


def is_told_now(published: Iterable[datetime], soonest: datetime | None, at: datetime) -> bool:
    """Whether changes published at these instants make one mail now.

    They wait until nothing was published for two minutes, ten at the most; where one of the
    sessions begins within two hours, 20 seconds.
    """
    instants = sorted(published)
    if not instants:
        return False
    hurry = soonest is not None and at <= soonest <= at + HURRY
    quiet = HURRIED_QUIET if hurry else QUIET
    return at - instants[-1] >= quiet or at - instants[0] >= LONGEST_WAIT


class BadPlaceholder(ValueError):
    """A text holds something in braces that it may not. `placeholder` is what."""

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder)
        self.placeholder = placeholder


def placeholders_of(text: str) -> set[str]:
    """The names in braces. Raises BadPlaceholder for anything that is no plain name."""
    found: set[str] = set()
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise BadPlaceholder("{") from error
    for _literal, name, spec, conversion in parts:
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise BadPlaceholder("{" + name + "}")
        found.add(name)
    return found


def check_text(text: str, allowed: Iterable[str]) -> None:
    """Raises BadPlaceholder unless every name in braces is allowed."""
    for name in sorted(placeholders_of(text)):
        if name not in allowed:
            raise BadPlaceholder("{" + name + "}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; each is looked up once and never read again."""
    placeholders_of(text)
    return string.Formatter().vformat(text, (), dict(values))


def alerts(
    *,
    oldest_due: datetime | None,
    finished: int,
    failed: int,
    pump_seen: datetime | None,
    at: datetime,
) -> dict[AlertKind, dict[str, int]]:
    """What organisers are warned of, each with a figure: minutes, per cent, seconds."""
    found: dict[AlertKind, dict[str, int]] = {}
    if oldest_due is not None and at - oldest_due > OLDEST_DUE:
        found[AlertKind.OLD] = {"minutes": int((at - oldest_due).total_seconds() // 60)}
    if finished >= FEWEST_FINISHED and failed / finished > MOST_FAILED:
        found[AlertKind.FAILING] = {"percent": round(100 * failed / finished)}
    if pump_seen is None or at - pump_seen > SILENT_AFTER:
        seconds = int((at - pump_seen).total_seconds()) if pump_seen else 0
        found[AlertKind.SILENT] = {"seconds": seconds}
    return found
