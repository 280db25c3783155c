"""Runs callables at the same moment, each in a thread with a database connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection


def race(*runners: Callable[[], Any]) -> list[Any]:
    """What each returned or raised, in the order given."""
    barrier = Barrier(len(runners))
    results: list[Any] = [None] * len(runners)

    def run(index: int, runner: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            results[index] = runner()
        except Exception as error:  # noqa: BLE001  the outcome is what the test looks at
            results[index] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def type_names(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)
