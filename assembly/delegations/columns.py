"""What the columns of a delegates' file mean, and how their cells are read.

Headings are English in every language's template, so that one file works for everybody.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from assembly.core.validators import FIRST_YEAR, LAST_YEAR
from assembly.delegations.spreadsheet import Cell, Formula, Table, Unreadable
from assembly.people.rules import unturned

# Field, heading in the template, other headings people use.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "reference": ("Reference",),
    "delegation": ("Delegation", "Country", "Member", "Country code"),
    "seats": ("Seats",),
    "given_name": ("Given names", "Given name", "First name", "First names"),
    "family_name": ("Family name", "Last name", "Surname"),
    "badge_name": ("Name on the badge", "Badge name", "Badge"),
    "function": ("Function", "Title", "Position"),
    "is_head": ("Head", "Head of delegation"),
    "email": ("E-mail", "Email", "E-mail address", "Email address"),
    "birth_date": ("Date of birth", "Birth date", "Born"),
    "language": ("Language", "Preferred language"),
    "languages": ("Languages", "Spoken languages"),
    "arrives_at": ("Arrival", "Arrives"),
    "departs_at": ("Departure", "Departs"),
    "dietary": ("Dietary needs", "Diet"),
    "access_needs": ("Access needs", "Accessibility"),
    "reason": ("Reason for a second capacity",),
}
LENGTHS: Final = {
    "given_name": 120,
    "family_name": 120,
    "badge_name": 200,
    "function": 160,
    "dietary": 300,
    "access_needs": 300,
    "reason": 300,
    "delegation": 160,
    "reference": 40,
}
YES: Final = frozenset({"yes", "y", "x", "1", "true", "oui", "si", "sí", "نعم"})
NO: Final = frozenset({"", "no", "n", "0", "false", "non", "لا"})
MOST_SEATS: Final = 500
NAMES: Final = {code: {code, name.casefold()} for code, name in settings.LANGUAGES}


class Fault(ValueError):
    """What is wrong with one cell, in words for the person who typed it."""


@dataclass
class Row:
    """A row as read: the values of the columns that are there, and what is wrong with which."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)

    def blame(self, column: str, words: str) -> None:
        self.faults.append((heading(column), words))


def heading(column: str) -> str:
    return COLUMNS[column][0]


def understood(table: Table) -> tuple[dict[int, str], list[str]]:
    """Which place in a row is which column, and the headings nobody knows.

    Raises Unreadable when a needed column is missing or one is there twice.
    """
    known = {_plain(name): column for column, names in COLUMNS.items() for name in names}
    places: dict[int, str] = {}
    unknown = []
    for place, title in enumerate(table.header):
        column = known.get(_plain(title))
        if column is None:
            if title:
                unknown.append(title)
        elif column in places.values():
            raise Unreadable(_("The column “%(name)s” is there twice.") % {"name": title})
        else:
            places[place] = column
    missing = [heading(c) for c in ("delegation", "family_name") if c not in places.values()]
    if missing:
        words = _("These columns are missing: %(names)s. Found: %(found)s. Is it the right sheet?")
        found = ", ".join(title for title in table.header if title) or "–"
        raise Unreadable(words % {"names": ", ".join(missing), "found": found[:200]})
    return places, unknown


def rows_of(table: Table, places: Mapping[int, str], zone: ZoneInfo) -> list[Row]:
    """Every row with its values; times are of this zone, and aware UTC in the answer."""
    return [_row(number, cells, places, zone) for number, cells in table.rows]


def _row(number: int, cells: list[Cell], places: Mapping[int, str], zone: ZoneInfo) -> Row:
    row = Row(number)
    for place, column in places.items():
        cell = cells[place] if place < len(cells) else None
        try:
            row.values[column] = _value(column, cell, zone)
        except Fault as fault:
            row.blame(column, str(fault))
    return row


def _value(column: str, cell: Cell, zone: ZoneInfo) -> Any:
    if isinstance(cell, Formula):
        raise Fault(_("This is a formula or its error. Save the file with values only."))
    reader = READERS.get(column)
    if reader is not None:
        return reader(cell)
    if column in ("arrives_at", "departs_at"):
        return _instant(cell, zone)
    return _text(cell, LENGTHS[column])


def _text(cell: Cell, longest: int) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = " ".join(unturned(str(cell)).split()) if cell is not None else ""
    if any(ord(letter) < ord(" ") or letter == "\x7f" for letter in text):
        raise Fault(_("There are characters in it that cannot be shown."))
    if len(text) > longest:
        raise Fault(_("At most %(n)s characters.") % {"n": longest})
    return text


def _email(cell: Cell) -> str:
    text = _text(cell, 254).lower()
    if text:
        try:
            validate_email(text)
        except ValidationError:
            raise Fault(_("“%(text)s” is not an e-mail address.") % {"text": text}) from None
    return text


def _yes(cell: Cell) -> bool:
    text = _text(cell, 20).casefold()
    if text in YES:
        return True
    if text in NO:
        return False
    raise Fault(_("Write yes or no."))


def _seats(cell: Cell) -> int | None:
    text = _text(cell, 10)
    if not text:
        return None
    if not text.isdecimal() or not 0 < int(text) <= MOST_SEATS:
        raise Fault(_("Write a whole number from 1 to 500."))
    return int(text)


def _language(cell: Cell) -> str:
    text = _text(cell, 40)
    return _language_code(text) if text else "en"


def _languages(cell: Cell) -> list[str]:
    words = _text(cell, 100).replace(";", ",").replace("/", ",").split(",")
    return [_language_code(word.strip()) for word in words if word.strip()]


def _language_code(text: str) -> str:
    for code, names in NAMES.items():
        if text.casefold() in names:
            return code
    raise Fault(_("“%(text)s” is none of en, fr, es, ar.") % {"text": text})


def _birth_date(cell: Cell) -> date | None:
    found = _day(cell)
    if found is not None and not FIRST_YEAR - 20 <= found.year <= LAST_YEAR:
        raise Fault(_("This year cannot be right."))
    return found


def _day(cell: Cell) -> date | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if not isinstance(cell, str):
        raise Fault(_("This is a number, not a date. Format the cell as a date."))
    for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(cell, pattern).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    raise Fault(_("Write the date as 1980-12-31."))


def _instant(cell: Cell, zone: ZoneInfo) -> datetime | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime):
        moment = cell
    elif isinstance(cell, date):
        moment = datetime.combine(cell, time())
    elif isinstance(cell, str):
        try:
            moment = datetime.fromisoformat(cell)
        except ValueError:
            raise Fault(_("Write day and time as 2024-11-03 14:30.")) from None
    else:
        raise Fault(_("This is a number, not a date. Format the cell as a date."))
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Fault(_("This year cannot be right."))
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return aware.astimezone(UTC)


def _plain(title: str) -> str:
    return "".join(letter for letter in title.casefold() if letter.isalnum())


READERS: Final[dict[str, Callable[[Cell], Any]]] = {
    "email": _email,
    "is_head": _yes,
    "seats": _seats,
    "language": _language,
    "languages": _languages,
    "birth_date": _birth_date,
}
