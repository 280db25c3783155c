"""What runs on this machine for the planner: where it listens, and the command of each process."""

import errno
import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from django.conf import settings

LAST_PORT = 65535
MEMORY = Path("/dev/shm")  # noqa: S108  gunicorn makes a file of its own in it
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  and what a browser opens


class CannotStart(Exception):
    """Something outside of us is in the way. The message is one line for a person."""


@dataclass(frozen=True)
class Place:
    """Where the web server listens."""

    host: str
    port: int

    @property
    def bind(self) -> str:
        return _joined(self.host, self.port)

    @property
    def url(self) -> str:
        return f"http://{_joined(self._reachable, self.port)}"

    def check_free(self) -> None:
        """Raises CannotStart when nobody could listen here now."""
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
            family, kind, protocol, _name, address = found[0]
            with socket.socket(family, kind, protocol) as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                in_use = f"Port {self.port} on {self.host} is in use. Set PORT to another one."
                raise CannotStart(in_use) from error
            raise CannotStart(f"Cannot listen on {self.bind}: {error.strerror}.") from error

    def is_healthy(self) -> bool:
        connection = HTTPConnection(self._reachable, self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    @property
    def _reachable(self) -> str:
        return EVERY_ADDRESS.get(self.host, self.host)


def place() -> Place:
    """HOST and PORT. Raises CannotStart when PORT is no port."""
    port = os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) <= LAST_PORT:
        raise CannotStart(f"PORT is a number from 1 to {LAST_PORT}; it cannot be '{port}'.")
    return Place(os.environ.get("HOST") or "127.0.0.1", int(port))


@contextmanager
def alone(directory: Path) -> Iterator[Path]:
    """Hold the directory's lock: two brokers would spoil each other's files."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            taken = (
                f"Another planner uses {directory}. Stop it, or set VAR_DIR to another directory."
            )
            raise CannotStart(taken) from error
        yield directory


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _python(*words: str) -> tuple[str, ...]:
    return (sys.executable, *words)


def manage(*words: str) -> tuple[str, ...]:
    return _python(str(settings.BASE_DIR / "manage.py"), *words)


def mail_catcher(mailbox: Path, port: int) -> tuple[str, ...]:
    handler = ("-c", "aiosmtpd.handlers.Mailbox", str(mailbox))
    return _python("-m", "aiosmtpd", "-n", *handler, "-l", f"127.0.0.1:{port}")


def web_server(where: Place) -> tuple[str, ...]:
    options = {
        "--bind": where.bind,
        "--workers": os.environ.get("WEB_WORKERS") or "2",
        "--worker-class": "gthread",
        "--threads": "4",
        "--graceful-timeout": "3",
        "--log-level": "warning",
        "--limit-request-line": "8190",  # a long search gets our page, not a bare refusal
    }
    if MEMORY.is_dir():  # a worker's heartbeat on a slow disk would block it
        options["--worker-tmp-dir"] = str(MEMORY)
    words = [word for option in options.items() for word in option]
    return _python("-m", "gunicorn", "assembly.wsgi:application", "--no-control-socket", *words)


def worker() -> tuple[str, ...]:
    return celery(
        "worker", "--concurrency=2", "--without-gossip", "--without-mingle", "--without-heartbeat"
    )


def celery(part: str, *words: str) -> tuple[str, ...]:
    return _python("-m", "celery", "-q", "-A", "assembly", part, "--loglevel=WARNING", *words)
