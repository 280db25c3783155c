"""Lists of delegates as files to download, for pages and for the admin."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.http import HttpResponse

from assembly.delegations.exports import as_csv, as_xlsx
from assembly.delegations.selectors.lists import export_header

CONTENT_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def spreadsheet(
    name: str, kind: str, rows: Iterable[Sequence[Any]], header: Sequence[str] | None = None
) -> HttpResponse:
    """A download in one of the two formats we read, kept nowhere."""
    head = header if header is not None else export_header()
    content = as_csv(head, rows) if kind == "csv" else as_xlsx(head, rows, sheet="Delegates")
    response = HttpResponse(content, content_type=CONTENT_TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
