"""The supervisor with real, tiny processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from assembly.portal.supervisor import Child, ChildEnded, Supervisor, ToldToStop
from tests.portal import alive

SLEEP = ("sleep", "60")
SOON = 10
# A child with a child of its own, both deaf to polite requests.
STUBBORN = ("sh", "-c", "trap '' TERM; sleep 60 & sleep 60")


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(tmp_path / "log", tmp_path, os.environ, grace=0.3) as running:
        yield running


def has_written(child: Child, text: str) -> bool:
    return child.log.read_text() == text


def below(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def family_of(child: Child) -> list[psutil.Process]:
    return [psutil.Process(child.process.pid), *below(child.process.pid)]


def test_children_are_stopped_in_reverse_order(supervisor: Supervisor, tmp_path: Path) -> None:
    order = tmp_path / "order"
    for name in ("broker", "worker", "beat"):
        script = f"trap 'echo {name} >> {order}; exit' TERM; echo up; sleep 60 & wait"
        child = supervisor.start(name, ("sh", "-c", script))
        assert supervisor.wait_for(partial(has_written, child, "up\n"), 5) is True

    supervisor.stop()

    assert order.read_text() == "beat\nworker\nbroker\n"


def test_a_deaf_child_and_its_own_child_are_killed(supervisor: Supervisor) -> None:
    child = supervisor.start("deaf", STUBBORN)
    assert supervisor.wait_for(lambda: len(family_of(child)) == 3, 5) is True
    family = family_of(child)

    began = time.monotonic()
    supervisor.stop()

    assert time.monotonic() - began < SOON
    assert [process.is_running() for process in family] == [False, False, False]


def test_the_child_of_a_killed_child_ends_too(supervisor: Supervisor) -> None:
    child = supervisor.start("killed", ("sh", "-c", "sleep 60 & sleep 60"))
    assert supervisor.wait_for(lambda: len(family_of(child)) == 3, 5) is True
    family = family_of(child)
    child.process.kill()
    with pytest.raises(ChildEnded):
        supervisor.watch()

    began = time.monotonic()
    supervisor.stop()

    assert time.monotonic() - began < SOON
    assert [process.is_running() for process in family] == [False, False, False]


@pytest.mark.parametrize(("ending", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", 137)])
def test_a_child_that_ends_is_named_with_its_exit_code(
    supervisor: Supervisor, ending: str, code: int
) -> None:
    supervisor.start("steady", SLEEP)
    supervisor.start("brief one", ("sh", "-c", f"echo first; echo; echo last; {ending}"))

    with pytest.raises(ChildEnded) as caught:
        supervisor.watch()

    child = caught.value.child
    assert (child.name, child.exit_code()) == ("brief one", code)
    assert (child.log.name, child.last_lines()) == ("brief-one.log", ["first", "last"])


def test_a_task_runs_to_its_end_and_is_forgotten(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.run("task", ("sh", "-c", "echo here; touch done"))

    assert supervisor.children == []
    assert (tmp_path / "done").exists() is True
    assert (tmp_path / "log" / "task.log").read_text() == "here\n"


def test_a_task_that_fails_is_named_with_its_exit_code(supervisor: Supervisor) -> None:
    with pytest.raises(ChildEnded) as caught:
        supervisor.run("task", ("sh", "-c", "exit 4"))

    assert (caught.value.child.name, caught.value.child.exit_code()) == ("task", 4)


def test_a_child_that_ends_during_a_task_ends_the_task(supervisor: Supervisor) -> None:
    supervisor.start("broker", ("sh", "-c", "sleep 0.2; exit 5"))

    with pytest.raises(ChildEnded) as caught:
        supervisor.run("task", SLEEP)

    assert caught.value.child.name == "broker"


def test_a_condition_that_never_holds_is_given_up(supervisor: Supervisor) -> None:
    assert supervisor.wait_for(lambda: False, 0.1) is False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_watch_and_is_not_passed_on(
    supervisor: Supervisor, number: signal.Signals
) -> None:
    child = supervisor.start("steady", SLEEP)
    os.kill(os.getpid(), number)

    with pytest.raises(ToldToStop):
        supervisor.watch()

    assert child.process.poll() is None


def test_handlers_of_before_are_back_afterwards(tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    with Supervisor(tmp_path / "log", tmp_path, os.environ):
        pass

    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_nohup_is_respected(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Supervisor(tmp_path / "log", tmp_path, os.environ) as supervisor:
            os.kill(os.getpid(), signal.SIGHUP)
            supervisor.check()
            assert supervisor.signals == []
    finally:
        signal.signal(signal.SIGHUP, before)


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    script = (
        "import os; from pathlib import Path; from assembly.portal.supervisor import Supervisor\n"
        f"with Supervisor(Path({str(tmp_path)!r}), Path('/'), os.environ) as supervisor:\n"
        f"    supervisor.start('one', {SLEEP}); supervisor.start('two', {SLEEP})\n"
        "    supervisor.watch()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    parent = subprocess.Popen((sys.executable, "-c", script), env=environment)
    deadline = time.monotonic() + 20
    while len(below(parent.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    children = below(parent.pid)

    parent.kill()
    parent.wait()

    assert len(children) == 2
    assert alive(children) == []
