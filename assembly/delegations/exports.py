"""Writes rows as CSV or XLSX so that no spreadsheet program runs anything in them (CWE-1236)."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

RUNS: Final = ("=", "+", "-", "@", "\t", "\r")
BOM: Final = "\ufeff"  # without it Excel takes UTF-8 for something else


def neutral(value: Any) -> str:
    """A cell as text; an apostrophe goes before what a spreadsheet program would run."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.startswith(RUNS) else text


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with a byte order mark, CRLF (RFC 4180)."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows([neutral(value) for value in row] for row in rows)
    return (BOM + buffer.getvalue()).encode()


def as_xlsx(header: Sequence[str], rows: Iterable[Sequence[Any]], *, sheet: str) -> bytes:
    """A workbook of text cells: none is a formula, whatever it starts with."""
    workbook = Workbook(write_only=True)
    page = workbook.create_sheet(sheet)
    page.freeze_panes = "A2"
    for row in [header, *rows]:
        page.append([_text_cell(page, value) for value in row])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _text_cell(page: Any, value: Any) -> Any:
    text = neutral(_legal(value) if isinstance(value, str) else value)
    cell = WriteOnlyCell(page, value=text)
    cell.data_type = "s"
    return cell


def _legal(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n")
