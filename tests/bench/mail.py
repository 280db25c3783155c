"""How fast mail leaves, beside raw SMTP to the same mail server, and how soon after a fault.

`python -m tests.bench.mail` prints it as JSON. Each database is private to the bench.
"""

import json
import smtplib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.faults.farm import LEASE_SECONDS, Farm, on_postgres, on_sqlite, tally
from tests.faults.programs import SENDERS, Missing

ROUNDS: Final = 5
__all__ = ["LEASE_SECONDS", "ROUNDS", "SENDERS", "measure"]
COUNTS: Final = {"reminders": 1000, "announcements": 2000}
FLOOR: Final = 2000
AWAY_SECONDS: Final = 31
SEND: Final = "tests.bench.mail_rows.send"


def measure() -> dict[str, Any]:
    """Rates by database, and the seconds it took after a worker and after a broker had died.

    Without PostgreSQL and Redis on this machine only SQLite's rates.
    """
    found: dict[str, Any] = {"rates": {}}
    with _place(on_sqlite) as farm:
        found["rates"]["SQLite"] = rates(farm)
    with suppress(Missing), _place(on_postgres) as farm:
        found["rates"]["PostgreSQL"] = rates(farm)
        found["after_a_worker"] = after_a_killed_worker(farm)
        found["after_a_broker"] = after_a_killed_broker(farm)
    return found


@contextmanager
def _place(kind: Any) -> Iterator[Farm]:
    with TemporaryDirectory(prefix="bench-mail-") as directory, kind(Path(directory)) as farm:
        yield farm


@contextmanager
def _used(farm: Farm) -> Iterator[Farm]:
    try:
        farm.begin()
        yield farm
    finally:
        farm.close()


def rates(farm: Farm) -> dict[str, list[float]]:
    """Mails a second in each round: the floor, and each kind beside it."""
    with _used(farm):
        farm.sink(pause=0)
        clerks = [farm.clerk() for _ in range(SENDERS)]
        for clerk in clerks:
            clerk.call(SEND)  # it has imported what it needs
        rounds = [_round(farm, clerks) for _ in range(ROUNDS)]
    return {kind: [one[kind] for one in rounds] for kind in ("floor", *COUNTS)}


def _round(farm: Farm, clerks: list[Any]) -> dict[str, float]:
    farm.call("tests.faults.rows.clear")
    farm.fill(1, "reminders")
    found = {"floor": _floor(farm)}
    for kind, count in COUNTS.items():
        farm.call("tests.faults.rows.clear")
        farm.fill(count, kind)
        began = time.perf_counter()
        for clerk in clerks:
            clerk.ask(SEND)
        sent = sum(clerk.answer(SEND) for clerk in clerks)
        found[kind] = count / (time.perf_counter() - began)
        if sent != count:
            raise RuntimeError(f"{sent} of {count} {kind} were sent.")
    return found


def _floor(farm: Farm) -> float:
    """The same mail again and again over one connection: nothing is written down."""
    mail = farm.call("tests.bench.mail_rows.sample").encode()
    with smtplib.SMTP("127.0.0.1", farm.mail_port) as line:
        began = time.perf_counter()
        for _ in range(FLOOR):
            line.sendmail("assembly@localhost", ["to.floor@example.org"], mail)
        return FLOOR / (time.perf_counter() - began)


def after_a_killed_worker(farm: Farm) -> float:
    """Seconds from the kill, and the start of the next worker, until the last mail arrives."""
    with _used(farm):
        sink = farm.sink(pause=0)
        farm.beat()
        farm.fill(800, "reminders")
        farm.wake()
        worker = farm.worker()
        worker.wait_for_all_senders(sink, 50, 300)
        worker.end()
        killed = time.time()
        farm.worker()
        found = tally(farm.wait_for_the_end(), sink.mails())
        if found.lost:
            raise RuntimeError(f"{len(found.lost)} mails were lost.")
        return sink.mails()[-1].at - killed


def after_a_killed_broker(farm: Farm) -> float:
    """Seconds from when the broker is back until the last of the mails written meanwhile."""
    with _used(farm):
        sink = farm.sink(pause=0)
        farm.worker()
        farm.beat()
        farm.fill(100, "reminders")
        sink.wait_for(20)
        farm.broker.end()
        farm.wait_for_the_end()
        farm.fill(100, "reminders")
        time.sleep(AWAY_SECONDS)
        farm.broker.start()
        back = time.time()
        farm.wait_for_the_end()
        return sink.mails()[-1].at - back


if __name__ == "__main__":
    json.dump(measure(), sys.stdout, indent=1)
