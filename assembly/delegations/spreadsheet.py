"""Reads a CSV or XLSX file into rows of cells, or says by name why it cannot.

Nothing in a file is run or followed: formulas are cells that say they are formulas, XML entities
are refused by defusedxml, and a workbook that would unpack to more than the limit is not opened.
"""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from assembly.core.errors import PlannerError

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_UNPACKED: Final = 80 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
DELIMITERS: Final = (",", ";", "\t")
ERRORS: Final = frozenset({"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})
SHEET: Final = "delegates"
NEUTRALISED: Final = frozenset("=+-@\t\r")
# What openpyxl, the XML parser and zlib raise for a workbook whose inside is broken or encrypted.
BROKEN: Final = (
    *(ValueError, TypeError, AttributeError, LookupError, OSError, SyntaxError, EOFError),
    *(RuntimeError, zlib.error),
)

Value = str | int | float | bool | datetime | date | time | None


class Unreadable(PlannerError):
    """The file as a whole cannot be read; the message says what to do."""


class Formula:
    """Stands for a cell with a formula, or the error one left: its value is not in the file."""


FORMULA: Final = Formula()
Cell = Value | Formula


@dataclass(frozen=True)
class Table:
    """The headings, and each row that is not empty with its number in the file (from 1)."""

    header: list[str]
    rows: list[tuple[int, list[Cell]]]
    sheet: str = ""


def read(name: str, content: bytes) -> Table:
    """The table in a file of this name. Raises Unreadable."""
    if not content.strip():
        raise Unreadable(_("This file is empty."))
    if len(content) > MOST_BYTES:
        raise Unreadable(_("This file is larger than 5 MB. Split it."))
    if content.startswith(b"PK"):
        return _read_xlsx(content)
    if content.startswith(b"\xd0\xcf\x11\xe0") or name.lower().endswith((".xls", ".ods")):
        raise Unreadable(_("We read .xlsx and .csv files. Save this one as one of them."))
    return _read_csv(content)


def _read_csv(content: bytes) -> Table:
    text = _decoded(content)
    first, _end, rest = text.partition("\n")
    if first.lower().startswith("sep="):  # Excel's own way to name the delimiter
        text = rest
        first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        numbered = [(lines.line_num, row) for row in lines]
    except csv.Error as error:
        raise Unreadable(_("This is not a readable CSV file: %(why)s.") % {"why": error}) from None
    return _table((number, [_from_text(cell) for cell in row]) for number, row in numbered)


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(
            _("This file is not UTF-8, so names would be garbled. Save it as “CSV UTF-8”.")
        ) from None
    if "\0" in text:
        raise Unreadable(_("This is not a text file."))
    return text


def _from_text(cell: str) -> Cell:
    """A cell of a CSV file. Our own exports put an apostrophe before what a program would run."""
    if cell.startswith("'") and cell[1:2] in NEUTRALISED:
        return " ".join(cell[1:].split())
    plain = " ".join(cell.split())
    return FORMULA if plain.startswith("=") else plain or None


def _read_xlsx(content: bytes) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise Unreadable(_("This workbook is too large to be opened safely."))
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        names = workbook.sheetnames
        chosen = [name for name in names if name.strip().lower() == SHEET] or names
        if len(chosen) > 1:
            sheets = ", ".join(f"“{name}”" for name in names)
            raise Unreadable(
                _("There are several sheets: %(sheets)s. Name the right one “Delegates”.")
                % {"sheets": sheets}
            )
        page = workbook[chosen[0]]
        page.reset_dimensions()  # a file may claim sixteen thousand columns
        rows = enumerate(page.iter_rows(values_only=True), start=1)
        numbered = ((n, [_from_sheet(cell) for cell in row[:MOST_COLUMNS]]) for n, row in rows)
        return _table(numbered, sheet=chosen[0])
    except (zipfile.BadZipFile, InvalidFileException, KeyError, DefusedXmlException):
        raise Unreadable(_("This is not a readable .xlsx workbook. Save it again.")) from None
    except BROKEN as error:
        raise Unreadable(_("This is not a readable .xlsx workbook. Save it again.")) from error


def _from_sheet(cell: Any) -> Cell:
    if isinstance(cell, str):
        return FORMULA if cell.strip() in ERRORS else _from_text(cell)
    if cell is None or isinstance(cell, int | float | bool | datetime | date | time):
        return cell
    return FORMULA  # array formulas and data tables


def _table(numbered: Iterable[tuple[int, list[Cell]]], sheet: str = "") -> Table:
    """The first row that is not empty is the header. Raises Unreadable: no rows, or too many."""
    filled = _filled(numbered)
    header = next(filled, None)
    if header is None:
        raise Unreadable(_("This file is empty."))
    rows = []
    for row in filled:
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise Unreadable(_("This file has more than 20,000 rows. Split it."))
    if not rows:
        raise Unreadable(_("This file has headings and no row below them."))
    titles = ["" if not isinstance(cell, str) else cell for cell in header[1]]
    return Table(titles, rows, sheet)


def _filled(numbered: Iterable[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    for number, cells in numbered:
        if any(cell not in (None, "") for cell in cells):
            yield number, cells
