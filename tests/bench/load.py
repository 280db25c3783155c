"""Servers under load: gunicorn as `manage.py up` runs it, and clients that cost little.

The clients are processes with raw sockets, since they share the cores with what they measure.
"""

import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing.pool import Pool

import psutil

WORKERS, THREADS = 2, 4
CLIENTS, CONNECTIONS = 2, 6
START_SECONDS = 30


@dataclass(frozen=True)
class Target:
    """What to ask for, and the status that has to come back."""

    port: int
    request: bytes
    status: bytes = b"200"


@dataclass(frozen=True)
class Slice:
    """One stretch of load: answers each second, seconds each answer took, the server's CPU time."""

    rate: float
    latencies: list[float]
    cpu_ms: float


def request_for(path: str, **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: gzip", *lines]
    return ("\r\n".join(head) + "\r\n\r\n").encode()


class Connection:
    """A kept-alive connection with one request under way at most."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.socket = socket.create_connection(("127.0.0.1", target.port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent = 0.0
        self.answer = b""

    def ask(self) -> None:
        self.answer = b""
        self.sent = time.perf_counter()
        self.socket.sendall(self.target.request)

    def is_answered(self) -> bool:
        """Read what is there; True at the answer's end. Raises RuntimeError for a wrong one."""
        received = self.socket.recv(1 << 20)
        self.answer += received
        head, end, body = self.answer.partition(b"\r\n\r\n")
        if not received or (end and head[9:12] != self.target.status):
            raise RuntimeError(f"{self.target.request!r} brought {head!r}")
        if not end:
            return False
        if self.target.status == b"304":
            return True
        _, _, length = head.lower().partition(b"\r\ncontent-length:")
        return len(body) >= int(length.split(b"\r\n", 1)[0])

    def close(self) -> None:
        self.socket.close()


def stay_in_minute(seconds: float) -> None:
    """Wait for the next minute if this one ends before: the schedule's validator moves with it."""
    left = 60 - time.time() % 60
    if left < seconds:
        time.sleep(left)


def fetch(target: Target) -> bytes:
    """One whole answer, head and body."""
    with closing(Connection(target)) as connection:
        connection.ask()
        while not connection.is_answered():
            pass
        return connection.answer


def press(target: Target, seconds: float) -> tuple[float, list[float]]:
    """Ask again as soon as an answer is there; the rate, and how long each answer took."""
    connections = [Connection(target) for _ in range(CONNECTIONS)]
    poll = select.epoll()
    by_number = {connection.socket.fileno(): connection for connection in connections}
    began = time.perf_counter()
    for number, connection in by_number.items():
        poll.register(number, select.EPOLLIN)
        connection.ask()
    latencies = []
    under_way = len(connections)
    while under_way:
        for number, _event in poll.poll():
            connection = by_number[number]
            if connection.is_answered():
                now = time.perf_counter()
                latencies.append(now - connection.sent)
                if now - began < seconds:
                    connection.ask()
                else:
                    under_way -= 1
    took = time.perf_counter() - began
    for connection in connections:
        connection.close()
    return len(latencies) / took, latencies


class Server:
    """A running gunicorn."""

    def __init__(self, port: int, process: psutil.Process) -> None:
        self.port = port
        self._process = process

    def measure(self, clients: Pool, target: Target, seconds: float) -> Slice:
        before = self._cpu_seconds()
        results = clients.starmap(press, [(target, seconds)] * CLIENTS, chunksize=1)
        spent = self._cpu_seconds() - before
        latencies = [latency for _rate, some in results for latency in some]
        return Slice(sum(rate for rate, _ in results), latencies, spent * 1000 / len(latencies))

    def _cpu_seconds(self) -> float:
        times = [worker.cpu_times() for worker in self._process.children()]
        return sum(t.user + t.system for t in times)


@contextmanager
def served(application: str, path: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """gunicorn with this WSGI application, up as soon as `path` is answered."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options = f"-b 127.0.0.1:{port} -w {WORKERS} -k gthread --threads {THREADS}"
    quiet = "--no-control-socket --log-level warning --graceful-timeout 3"
    command = [sys.executable, "-m", "gunicorn", *options.split(), *quiet.split(), application]
    with subprocess.Popen(command, env=os.environ | environment) as process:
        try:
            _wait(Target(port, request_for(path)))
            yield Server(port, psutil.Process(process.pid))
        finally:
            process.terminate()


def _wait(target: Target) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            fetch(target)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return
