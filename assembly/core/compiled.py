"""A query whose SQL is built once for the life of the process.

Building the ORM query behind every public page takes thirty times as long as running it. The SQL
stays Django's own, and so does the conversion of the columns on each database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, QuerySet, Value


@dataclass(frozen=True)
class Blank:
    """Stands in the parameters for a value that each run gives."""

    name: str


class CompiledQuery:
    """Rows of a `values_list` query; `names` are the parameters of `build`, given at each run.

    A parameter comes as the column stores it: see `stored`.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *names: str) -> None:
        self._build = build
        self._names = names

    @cached_property
    def _parts(self) -> tuple[Any, str, tuple[Any, ...], Any]:
        blanks = [Value(Blank(name)) for name in self._names]
        compiler = self._build(*blanks).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        columns = [column for column, _sql, _alias in compiler.select]
        return compiler, sql, params, compiler.get_converters(columns)

    def rows(self, **values: Any) -> list[Any]:
        """Run it: one query."""
        compiler, sql, params, converters = self._parts
        filled = [values[p.name] if isinstance(p, Blank) else p for p in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, filled)
            found = cursor.fetchall()
        return list(compiler.apply_converters(found, converters)) if converters else found


def stored(field: "Field[Any, Any]", value: Any) -> Any:
    """A value as this database stores it in a column: a UUID as text on SQLite, say."""
    return field.get_db_prep_value(value, connection)
