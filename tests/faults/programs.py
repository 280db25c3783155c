"""Programs a test starts and kills: a database, a broker, a mail server, workers, a clerk.

Each leads a process group of its own, so that whatever it started goes with it.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final, NamedTuple, Self

import psutil
from redis import Redis as Client
from redis.exceptions import RedisError

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 60.0  # seconds; it ends a test that hangs and decides nothing else
SENDERS: Final = 2  # the processes of one worker, as `manage.py up` starts it
POSTGRES: Final = Path("/usr/lib/postgresql")


class Missing(Exception):
    """A server is not installed. The message says which."""


def wait_until(holds: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Raises TimeoutError, naming what was waited for."""
    end = time.monotonic() + patience
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"After {patience:.0f} s still not: {what}.")
        time.sleep(0.02)


class Program:
    """A command that can be started, killed with all it started, and started again."""

    pipes: Mapping[str, int] = {"stdin": subprocess.DEVNULL}

    def __init__(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str], user: str = ""
    ) -> None:
        self.command, self.log, self.environment = command, log, environment
        self.user = {"user": user, "group": user, "extra_groups": []} if user else {}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                **{"stdout": log, **self.pipes},
                stderr=log,
                cwd=ROOT,
                env={**os.environ, **self.environment},
                process_group=0,
                **self.user,
            )
        return self

    def end(self, number: int = signal.SIGKILL) -> None:
        """Send a signal to the whole group and wait; nothing happens to what has ended."""
        process, self.process = self.process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children() if self.process else []


class Postgres(Program):
    """A database server that trusts everybody on this machine. Raises Missing."""

    def __init__(self, port: int) -> None:
        self._binaries = _postgres_binaries()
        root = os.geteuid() == 0  # as whom it refuses to run
        self.directory = Path(mkdtemp(prefix="planner-postgres-"))
        if root:
            shutil.chown(self.directory, "postgres", "postgres")
        self.url = f"postgres://postgres@127.0.0.1:{port}/postgres"
        self._port = str(port)
        data = str(self.directory / "data")
        sockets = ("-k", str(self.directory))
        command = [str(self._binaries / "postgres"), "-D", data, "-p", self._port, *sockets]
        log = self.directory.with_suffix(".log")
        super().__init__(command, log, {"LC_ALL": "C.UTF-8"}, "postgres" if root else "")
        initdb = [str(self._binaries / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-N"]
        subprocess.run(
            initdb, check=True, cwd="/", stdout=subprocess.DEVNULL, **self.user, env=os.environ
        )

    def start(self) -> Self:
        super().start()
        wait_until(self.answers, "PostgreSQL answers")
        return self

    def answers(self) -> bool:
        asked = [str(self._binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", self._port]
        return subprocess.run(asked, check=False).returncode == 0

    def restart_at_once(self) -> None:
        """As `pg_ctl restart -m immediate`: every connection breaks, and it recovers as after a
        power cut."""
        self.end(signal.SIGQUIT)
        self.start()

    def remove(self) -> None:
        self.end(signal.SIGQUIT)
        shutil.rmtree(self.directory)
        self.log.unlink(missing_ok=True)


def _postgres_binaries() -> Path:
    found = sorted(POSTGRES.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not found:
        raise Missing("There is no initdb: install postgresql.")
    return found[-1].parent


def redis_binary() -> str:
    """Where redis-server is. Raises Missing."""
    found = shutil.which("redis-server")
    if found is None:
        raise Missing("There is no redis-server: install it.")
    return found


class Broker(Program):
    """A Redis or Valkey that keeps nothing."""

    def __init__(self, binary: str, port: int, directory: Path) -> None:
        self.url = f"redis://127.0.0.1:{port}/0"
        options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(directory)]
        nothing = ["--save", "", "--appendonly", "no"]
        super().__init__([binary, *options, *nothing], directory / "broker.log", {})

    def start(self) -> Self:
        super().start()
        wait_until(self.answers, "the broker answers")
        return self

    def answers(self) -> bool:
        try:
            with Client.from_url(self.url) as client:
                return bool(client.ping())
        except RedisError:
            return False

    def flush(self) -> None:
        with Client.from_url(self.url) as client:
            client.flushall()


class Mail(NamedTuple):
    """A line of the mail server's log: `at` is in seconds since 1970."""

    id: str
    to: str
    at: float
    subject: str


class Sink(Program):
    """The mail server of `tests.sink`. It takes its time between accepting a mail and saying so,
    which is the worst moment for a sender to die."""

    def __init__(self, port: int, log: Path, pause: float) -> None:
        self.mail_log = log
        words = [sys.executable, "-m", "tests.sink", str(port), str(log), str(pause)]
        super().__init__(words, log.with_suffix(".out"), {})
        self.port = port

    def start(self) -> Self:
        super().start()
        wait_until(self._listens, "the mail server listens")
        return self

    def _listens(self) -> bool:
        assert self.process is not None
        found = psutil.Process(self.process.pid).net_connections(kind="tcp")
        return any(each.status == psutil.CONN_LISTEN for each in found)

    def mails(self) -> list[Mail]:
        """What it accepted so far, the first first."""
        if not self.mail_log.exists():
            return []
        lines = self.mail_log.read_text().splitlines()
        facts = [json.loads(line) for line in lines if line.endswith("}")]
        return [Mail(fact["id"], fact["to"], fact["at"], fact["subject"]) for fact in facts]

    def wait_for(self, count: int, patience: float = PATIENCE) -> None:
        """Until it has accepted so many mails in all."""
        wait_until(lambda: len(self.mails()) >= count, f"{count} mails arrived", patience)


class Worker(Program):
    """`celery worker` as `manage.py up` starts it."""

    def senders(self, port: int) -> list[psutil.Process]:
        """Those of its children that speak with the mail server of this port now."""
        return [
            child
            for child in self.children()
            if any(each.raddr and each.raddr.port == port for each in child.net_connections())
        ]

    def wait_for_all_senders(self, sink: Sink, fewest: int, most: int) -> None:
        """Until the mail server has `fewest` mails and all senders speak with it, or has `most`."""

        def are_amid_it() -> bool:
            found = len(sink.mails())
            return found >= most or (found >= fewest and len(self.senders(sink.port)) == SENDERS)

        wait_until(are_amid_it, "all senders send")


class Clerk(Program):
    """A process that does our database work: pytest's own Django has another database."""

    pipes: Mapping[str, int] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}

    def call(self, path: str, **options: Any) -> Any:
        """What the function of this dotted path returned, through JSON.

        Raises RuntimeError with its traceback when it raised.
        """
        self.ask(path, **options)
        return self.answer(path)

    def ask(self, path: str, **options: Any) -> None:
        """Let it begin; `answer` waits for the end."""
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([path, options]).encode() + b"\n")
        self.process.stdin.flush()

    def answer(self, path: str) -> Any:
        assert self.process is not None
        assert self.process.stdout is not None
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            raise TimeoutError(f"{path} took longer than {PATIENCE:.0f} s.")
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"The clerk ended:\n{self.log.read_text()[-2000:]}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]
