"""Constants of the code, written into SQL as they are."""

from typing import Any

from django.db.models import CharField, Value


class Literal(Value):
    """A word of the code in a condition.

    SQLite uses a partial index only where it sees the condition of the index in the query; what
    comes as a parameter it does not see. Never for anything from outside.
    """

    def __init__(self, word: str) -> None:
        if not word.isidentifier():
            raise ValueError(f"{word!r} is not a word of the code.")
        super().__init__(word, output_field=CharField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[()]]:
        return f"'{self.value}'", ()
