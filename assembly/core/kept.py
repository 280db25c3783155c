"""What a process keeps of its own work: the newest entries, under all that they depend on.

A key that names everything an entry is made of never gives a wrong answer; when something moves,
the key is another one, and the old entry ages out.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """At most `limit` entries; the oldest goes first. Safe for threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: dict[K, V] = {}
        self._lock = Lock()
        _every.append(self.clear)

    def get(self, key: K) -> V | None:
        return self._entries.get(key)  # one step for the interpreter, so no lock

    def put(self, key: K, value: V) -> None:
        with self._lock:
            self._entries[key] = value
            if len(self._entries) > self._limit:
                del self._entries[next(iter(self._entries))]  # the one put first

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


_every: Final[list[Callable[[], None]]] = []


def forget_all() -> None:
    """Empty the process's memory; tests that roll rows back need it."""
    for clear in _every:
        clear()
