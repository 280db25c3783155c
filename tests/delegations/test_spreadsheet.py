"""Files as people send them: read, or refused by name."""

import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook

from assembly.delegations import spreadsheet
from assembly.delegations.exports import as_csv, as_xlsx, neutral
from assembly.delegations.spreadsheet import FORMULA, Unreadable, read

HEAD = "Delegation,Family name"


def workbook(*rows, sheet="Delegates", more=()) -> bytes:
    book = Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(row)
    for name in more:
        book.create_sheet(name)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        f"{HEAD}\r\nCL,Señora\r\n".encode(),
        f"{HEAD}\nCL,Señora".encode("utf-8-sig"),
        f"{HEAD}\nCL,Señora\n".replace(",", ";").encode(),
        f"{HEAD}\nCL,Señora\n".replace(",", "\t").encode("utf-16"),
        f"sep=;\n{HEAD}\nCL,Señora\n".replace(",", ";").encode(),
        f"\n\n{HEAD}\n,\nCL,  Señora \n\n".encode(),
    ],
    ids=["crlf", "bom", "semicolons", "utf-16 tabs", "sep line", "blank lines"],
)
def test_csv_in_the_ways_programs_write_it(content):
    table = read("delegates.csv", content)
    assert table.header == ["Delegation", "Family name"]
    assert [cells for _number, cells in table.rows] == [["CL", "Señora"]]


def test_rows_keep_the_number_they_have_in_the_file():
    table = read("a.csv", b"Delegation,Family name\n\nCL,A\n,\nFR,B\n")
    assert [number for number, _cells in table.rows] == [3, 5]


def test_arabic_names_and_quoted_line_breaks():
    table = read("a.csv", 'Delegation,Family name\nJO,"الخالدي\nعمر"\n'.encode())
    assert table.rows == [(3, ["JO", "الخالدي عمر"])]


def test_a_workbook_with_dates_numbers_and_formulas():
    born = datetime(1980, 2, 29)
    content = workbook(
        ["Delegation", "Family name", "Date of birth"],
        ["CL", "Diallo", born],
        ["CL", "=1+1", 29280],
        ["CL", "#REF!", None],
    )
    assert read("a.xlsx", content).rows == [
        (2, ["CL", "Diallo", born]),
        (3, ["CL", FORMULA, 29280]),
        (4, ["CL", FORMULA]),
    ]


def test_of_several_sheets_the_one_named_delegates_is_read():
    content = workbook(["Delegation", "Family name"], ["CL", "A"], more=["Notes", "Old"])
    assert read("a.xlsx", content).sheet == "Delegates"
    with pytest.raises(Unreadable) as refusal:
        read("a.xlsx", workbook(["x"], ["y"], sheet="Sheet1", more=["Sheet2"]))
    assert refusal.value.message == (
        "There are several sheets: “Sheet1”, “Sheet2”. Name the right one “Delegates”."
    )


def broken_workbook() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<no>")
    return buffer.getvalue()


def entities() -> bytes:
    """A workbook whose first sheet defines an entity that grows (a billion laughs)."""
    laughs = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
        + "".join(f'<!ENTITY a{n} "&a{n - 1 or ""};&a{n - 1 or ""};">' for n in range(1, 9))
        + "]><worksheet>&a8;</worksheet>"
    )
    source, target = io.BytesIO(workbook(["Delegation", "Family name"], ["CL", "A"])), io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            is_sheet = entry.filename == "xl/worksheets/sheet1.xml"
            new.writestr(entry, laughs if is_sheet else old.read(entry))
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "This file is empty."),
        ("a.csv", b" \n\n ", "This file is empty."),
        ("a.csv", b"Delegation,Family name\n", "no row below them"),
        ("a.csv", "Delegation,Family name\nCL,Muñoz".encode("cp1252"), "not UTF-8"),
        ("a.csv", b"Delegation,Family name\nCL,a\0b", "not a text file"),
        ("a.csv", b'Delegation,Family name\nCL,"a"b"\n', "not a readable CSV"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "We read .xlsx and .csv"),
        ("a.ods", b"whatever", "We read .xlsx and .csv"),
        ("a.xlsx", b"PK\x03\x04 truncated", "not a readable .xlsx"),
        ("a.xlsx", broken_workbook(), "not a readable .xlsx"),
        ("a.xlsx", entities(), "not a readable .xlsx"),
        ("a.csv", b"x" * (spreadsheet.MOST_BYTES + 1), "larger than 5 MB"),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_refused_by_name(name, content, words):
    with pytest.raises(Unreadable) as refusal:
        read(name, content)
    assert words in refusal.value.message


def test_too_many_rows_and_a_workbook_that_unpacks_too_large(monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 3)
    with pytest.raises(Unreadable) as refusal:
        read("a.csv", b"Delegation,Family name\n" + b"CL,A\n" * 4)
    assert "20,000 rows" in refusal.value.message
    monkeypatch.setattr(spreadsheet, "MOST_UNPACKED", 1000)
    with pytest.raises(Unreadable) as refusal:
        read("a.xlsx", workbook(["x"], ["y"]))
    assert "too large to be opened safely" in refusal.value.message


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_run_is_neutralised_and_comes_back_as_it_was(start):
    text = f"{start}cmd|' /C calc'!A0"
    assert neutral(text) == f"'{text}"
    row = ["CL", text]
    for name, content in (
        ("a.csv", as_csv(["Delegation", "Family name"], [row])),
        ("a.xlsx", as_xlsx(["Delegation", "Family name"], [row], sheet="Delegates")),
    ):
        # A tab or a line end is no part of a name, and goes.
        assert read(name, content).rows[0][1] == ["CL", f"{start}cmd|' /C calc'!A0".strip()]


def test_no_cell_of_an_export_is_a_formula():
    content = as_xlsx(["Name"], [["=1+1"], ["@SUM(A1)"]], sheet="Delegates")
    page = load_workbook(io.BytesIO(content)).active
    assert [(c.data_type, c.value) for (c,) in page.iter_rows(min_row=2)] == [
        ("s", "'=1+1"),
        ("s", "'@SUM(A1)"),
    ]
