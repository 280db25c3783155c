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
from itertools import cycle
from multiprocessing.pool import Pool
from typing import NamedTuple

import psutil

WORKERS, THREADS = 2, 4
CLIENTS, CONNECTIONS = 2, 6


class Server(NamedTuple):
    """A running gunicorn."""

    port: int
    process: psutil.Process


class Question(NamedTuple):
    """What to ask for, and the status that has to come back."""

    port: int
    path: str
    etag: str = ""
    cookie: str = ""

    def as_bytes(self) -> bytes:
        conditional = f"If-None-Match: {self.etag}\r\n" if self.etag else ""
        conditional += f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        host = "Host: 127.0.0.1\r\nAccept-Encoding: gzip\r\n"
        return f"GET {self.path} HTTP/1.1\r\n{host}{conditional}\r\n".encode()


class Slice(NamedTuple):
    """A stretch of load: answers each second, seconds each took, CPU of the server for one."""

    rate: float
    latencies: list[float]
    cpu_ms: float


class Connection:
    """A kept-alive connection with one request under way at most; it asks its questions in turn."""

    def __init__(self, *questions: Question) -> None:
        question = questions[0]
        self.requests = cycle([each.as_bytes() for each in questions])
        self.status = b"304" if question.etag else b"200"
        self.socket = socket.create_connection(("127.0.0.1", question.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        self.answer = b""
        self.request = next(self.requests)
        self.asked_at = time.perf_counter()
        self.socket.sendall(self.request)

    def is_answered(self) -> bool:
        """Read what is there; True at the answer's end. Raises RuntimeError for a wrong one."""
        received = self.socket.recv(1 << 20)
        self.answer += received
        head, end, body = self.answer.partition(b"\r\n\r\n")
        if not received or (end and head[9:12] != self.status):
            first, status = (text.split(b"\r\n", 1)[0] for text in (self.request, head))
            wanted = self.status.decode()
            raise RuntimeError(f"{first!r} brought {status!r}, not {wanted}. Was code edited?")
        length = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        return bool(end) and len(body) >= int(length or 0)

    def close(self) -> None:
        self.socket.close()


@contextmanager
def served(application: str, environment: Mapping[str, str]) -> Iterator[Server]:
    """gunicorn with this WSGI application. Clients may connect at once: the socket is ours."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.fileno()
        options = f"-b fd://{number} -w {WORKERS} -k gthread --threads {THREADS}"
        quiet = "--no-control-socket --log-level warning --graceful-timeout 3"
        command = [sys.executable, "-m", "gunicorn", *options.split(), *quiet.split(), application]
        with subprocess.Popen(command, env=os.environ | environment, pass_fds=[number]) as process:
            try:
                yield Server(listener.getsockname()[1], psutil.Process(process.pid))
            finally:
                process.terminate()


def measure(clients: Pool, server: Server, seconds: float, *questions: Question) -> Slice:
    before = _cpu_seconds(server)
    results = clients.starmap(press, [(seconds, *questions)] * CLIENTS, chunksize=1)
    spent = _cpu_seconds(server) - before
    latencies = [latency for _rate, some in results for latency in some]
    return Slice(sum(rate for rate, _ in results), latencies, spent * 1000 / len(latencies))


def _cpu_seconds(server: Server) -> float:
    times = [worker.cpu_times() for worker in server.process.children()]
    return sum(spent.user + spent.system for spent in times)


def press(seconds: float, *questions: Question) -> tuple[float, list[float]]:
    """Ask again as soon as an answer is there; the rate, and how long each answer took.

    Each connection begins with another one of the questions.
    """
    poll = select.epoll()
    starts = [number * len(questions) // CONNECTIONS for number in range(CONNECTIONS)]
    connections = [Connection(*questions[start:], *questions[:start]) for start in starts]
    asking = {connection.socket.fileno(): connection for connection in connections}
    latencies = []
    began = time.perf_counter()
    for number, connection in asking.items():
        poll.register(number, select.EPOLLIN)
        connection.ask()
    while asking:
        for number, _event in poll.poll():
            connection = asking[number]
            if not connection.is_answered():
                continue
            now = time.perf_counter()
            latencies.append(now - connection.asked_at)
            if now - began < seconds:
                connection.ask()
            else:
                poll.unregister(number)
                asking.pop(number).close()
    return len(latencies) / (now - began), latencies


def unchanged(question: Question) -> Question:
    """What a browser asks that has the page as it is now."""
    with closing(Connection(question)) as connection:
        connection.ask()
        while not connection.is_answered():
            pass
    etag = connection.answer.partition(b"\r\nETag: ")[2].partition(b"\r\n")[0]
    return question._replace(etag=etag.decode())


def stay_in_minute(seconds: float) -> None:
    """Wait for the next minute if this one ends before: the schedule's validator moves with it."""
    left = 60 - time.time() % 60
    if left < seconds:
        time.sleep(left)
