"""Headings people use, and cells with a value or a fault."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from assembly.delegations.columns import rows_of, understood
from assembly.delegations.spreadsheet import FORMULA, Table, Unreadable

GLASGOW = ZoneInfo("Europe/London")


def cell_of(heading, value):
    """The value of one cell, or what is wrong with it."""
    table = Table(["Country", "Surname", heading], [(2, ["CL", "Diallo", value])])
    places, _unknown = understood(table)
    row = rows_of(table, places, GLASGOW)[0]
    column = places[2]
    return row.values.get(column, dict(row.faults))


@pytest.mark.parametrize(
    ("heading", "value", "expected"),
    [
        ("Date of birth", datetime(1980, 2, 29), date(1980, 2, 29)),
        ("born", "1980-02-29", date(1980, 2, 29)),
        ("Birth date", "29.02.1980", date(1980, 2, 29)),
        ("Date of birth", None, None),
        ("Arrival", "2024-10-26 14:30", datetime(2024, 10, 26, 13, 30, tzinfo=UTC)),
        ("ARRIVES", datetime(2024, 11, 3, 14, 30), datetime(2024, 11, 3, 14, 30, tzinfo=UTC)),
        ("Departure", date(2024, 11, 8), datetime(2024, 11, 8, tzinfo=UTC)),
        ("Head", "Yes", True),
        ("Head of delegation", True, True),
        ("Head", "", False),
        ("Head", "نعم", True),
        ("E-mail", " Amina@Police.Example ", "amina@police.example"),
        ("Seats", 7.0, 7),
        ("Seats", None, None),
        ("Language", "Français", "fr"),
        ("Languages", "en, العربية;es", ["en", "ar", "es"]),
        ("Title", 12.0, "12"),
        ("Function", "  Head \n of bureau ", "Head of bureau"),
    ],
)
def test_a_cell_that_can_be_read(heading, value, expected):
    assert cell_of(heading, value) == expected


@pytest.mark.parametrize(
    ("heading", "value", "words"),
    [
        ("Date of birth", "02/03/1980", "Write the date as 1980-12-31."),
        ("Date of birth", "29.02.1981", "Write the date as 1980-12-31."),
        ("Date of birth", 29280, "This is a number, not a date. Format the cell as a date."),
        ("Date of birth", "1580-01-01", "This year cannot be right."),
        ("Arrival", "tomorrow", "Write day and time as 2024-11-03 14:30."),
        ("Arrival", 45000.5, "This is a number, not a date. Format the cell as a date."),
        ("Arrival", "9999-12-31", "This year cannot be right."),
        ("Head", "maybe", "Write yes or no."),
        ("E-mail", "amina@", "“amina@” is not an e-mail address."),
        ("Seats", "many", "Write a whole number from 1 to 500."),
        ("Seats", 0, "Write a whole number from 1 to 500."),
        ("Language", "Klingon", "“Klingon” is none of en, fr, es, ar."),
        ("Function", "x" * 161, "At most 160 characters."),
        ("Function", "a\x07b", "There are characters in it that cannot be shown."),
        ("Function", FORMULA, "This is a formula or its error. Save the file with values only."),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(heading, value, words):
    assert list(cell_of(heading, value).values()) == [words]


def test_missing_twice_and_unknown_columns():
    with pytest.raises(Unreadable) as refusal:
        understood(Table(["Land", "Vorname"], []))
    assert refusal.value.message == (
        "These columns are missing: Delegation, Family name. Found: Land, Vorname. "
        "Is it the right sheet?"
    )
    with pytest.raises(Unreadable) as refusal:
        understood(Table(["Country", "Delegation", "Surname"], []))
    assert refusal.value.message == "The column “Delegation” is there twice."
    _places, unknown = understood(Table(["Country", "Surname", "Shoe size", ""], []))
    assert unknown == ["Shoe size"]
