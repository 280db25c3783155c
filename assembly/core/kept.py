"""What a process keeps of its own work: the entries used last, under all that they depend on.

A key that names everything an entry is made of never gives a wrong answer; when something moves,
the key is another one, and the old entry ages out.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """At most `limit` entries. Safe for threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()
        _every.append(self.clear)

    def get(self, key: K) -> V | None:
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
            return found

    def put(self, key: K, value: V) -> None:
        with self._lock:
            self._entries[key] = value
            while len(self._entries) > self._limit:
                self._entries.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


_every: Final[list[Callable[[], None]]] = []


def forget_all() -> None:
    """Empty the process's memory; tests that roll rows back need it."""
    for clear in _every:
        clear()
