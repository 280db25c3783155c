"""Several processes run as one: they start in order, end together, and none outlives the first.

Each child leads a process group of its own, so a signal meant for us does not reach it first and
its own children can be ended with it. Should we be killed outright, the kernel tells each child
(Linux only); in every other case `Supervisor.stop` ends them.
"""

import ctypes
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, NoReturn, Self

POLL_SECONDS = 0.05
TAIL_LINES = 10
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Child:
    name: str
    log: Path
    process: subprocess.Popen[bytes]
    may_finish: bool = False

    def exit_code(self) -> int | None:
        """As a shell counts: 128 and the signal's number when a signal ended it."""
        code = self.process.poll()
        return 128 - code if code is not None and code < 0 else code

    def last_lines(self) -> list[str]:
        """The end of the log, without blank lines."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if line.strip()][-TAIL_LINES:]


class ChildEnded(Exception):
    """A child ended that should not have, or with an exit code that means failure."""

    def __init__(self, child: Child) -> None:
        super().__init__(f"{child.name} ended")
        self.child = child


class ToldToStop(Exception):
    """A signal asked us to end."""


@dataclass
class Supervisor:
    """Use it as a context: entering listens for signals, leaving ends every child.

    `grace` is how many seconds the children have, together, to end by themselves.
    """

    logs: Path
    directory: Path
    environment: Mapping[str, str]
    grace: float = 6.0
    children: list[Child] = field(default_factory=list)
    signals: list[int] = field(default_factory=list)
    handlers: dict[int, Any] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        _adopt_orphans(yes=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # started by nohup: the terminal may go
            self.handlers[number] = signal.signal(number, self._record)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.stop()
        _adopt_orphans(yes=False)
        for number, handler in self.handlers.items():
            signal.signal(number, handler)

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        extra: Mapping[str, str] | None = None,
        may_finish: bool = False,
    ) -> Child:
        """Start a process that leads its own group; its output goes to a log that begins anew.

        `extra` adds to its environment; one that `may_finish` may end with exit code 0.
        """
        self.check()
        path = self.logs / f"{name.replace(' ', '-')}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(  # noqa: S603  the commands are our own
                command,
                cwd=self.directory,
                env={**self.environment, **(extra or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=_end_with(os.getpid()),  # noqa: PLW1509  we have no threads
            )
        child = Child(name, path, process, may_finish)
        self.children.append(child)
        return child

    def run(self, name: str, command: Sequence[str]) -> None:
        """Run a process to its end. Raises ChildEnded when it fails."""
        child = self.start(name, command, may_finish=True)
        self.wait_for(lambda: child.exit_code() == 0, math.inf)
        self.children.remove(child)
        _end_group(child)

    def wait_for(self, condition: Callable[[], bool], seconds: float) -> bool:
        """True as soon as `condition` holds, False when it does not within this time."""
        deadline = time.monotonic() + seconds
        while not condition():
            self.check()
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def watch(self) -> NoReturn:
        """Stay until a signal arrives (ToldToStop) or a child ends (ChildEnded)."""
        while True:
            self.check()
            time.sleep(POLL_SECONDS)

    def check(self) -> None:
        """Raises ToldToStop or ChildEnded when there is reason to."""
        if self.signals:
            raise ToldToStop
        for child in self.children:
            code = child.exit_code()
            if code or (code == 0 and not child.may_finish):
                raise ChildEnded(child)

    def stop(self) -> None:
        """End all children, the last started first; what does not go by itself is killed."""
        deadline = time.monotonic() + self.grace
        while self.children:
            child = self.children.pop()
            child.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(deadline - time.monotonic(), 1.0))
            _end_group(child)

    def _record(self, number: int, frame: FrameType | None) -> None:
        self.signals.append(number)


def end_with_parent() -> None:
    """Have the kernel send us SIGTERM when the process that started us is gone (Linux only)."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def _adopt_orphans(*, yes: bool) -> None:
    """Make the children of a dead child ours, so that we can wait for their end (Linux only)."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, int(yes), 0, 0, 0)


def _end_with(parent: int) -> Callable[[], None]:
    """What the child does before its program: tie itself to us, or go when we are gone already."""

    def prepare() -> None:
        end_with_parent()
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def _end_group(child: Child) -> None:
    """Kill what is left of the child's group and wait until the kernel has buried it."""
    with suppress(ProcessLookupError, PermissionError):  # macOS: no permission for a dead group
        os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()
    with suppress(ChildProcessError):
        while True:
            os.waitpid(-child.process.pid, 0)
