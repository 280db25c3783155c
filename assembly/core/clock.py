"""The database's clock: the only one that all processes of an installation share."""

import time
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone


class DatabaseClock:
    """Tells the database's time in UTC.

    It is asked once and again with `set`; in between the process counts on by itself, so that a
    machine whose own clock jumps claims nothing too early and expires nothing too soon.
    """

    def __init__(self) -> None:
        self.set()

    def set(self) -> None:
        """Ask the database again."""
        self._then, self._counted = _database_time(), time.monotonic()

    def __call__(self) -> datetime:
        return self._then + timedelta(seconds=time.monotonic() - self._counted)


def _database_time() -> datetime:
    """SQLite has no clock of its own: it lives on this machine."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found.astimezone(UTC)
