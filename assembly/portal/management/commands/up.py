"""Brings the whole planner up on this machine and keeps it up: what `make run` runs."""

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
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from assembly.portal import broker
from assembly.portal.supervisor import Child, ChildEnded, Supervisor, ToldToStop, end_with_parent

BROKER_SECONDS = 30
MAIL_SECONDS = 20
WEB_SECONDS = 60
LAST_PORT = 65535
MEMORY = Path("/dev/shm")  # noqa: S108  gunicorn makes a file of its own in it
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  and what a browser opens
# The tasks that end, and what it means when they fail.
FAILURES = {
    "migrate": "The database cannot be prepared",
    "collectstatic": "The static files cannot be collected",
    "seed": "The demo data cannot be made",
}


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


class Command(BaseCommand):
    help = "Bring the planner up on this machine with demo data: broker, mail, web and tasks."
    requires_system_checks = ()  # `migrate` runs them a moment later

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--end-with-parent",
            action="store_true",
            help="stop when the process that started this one is gone, even if it was killed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "`up` makes sign-ins that everybody knows: it runs in the demo only."
            )
        if options["end_with_parent"]:
            end_with_parent()
        try:
            place = _place()
            place.check_free()
            with _alone(settings.VAR_DIR.resolve()) as directory:
                self._run(place, directory)
        except (CannotStart, broker.NoBroker) as error:
            self._fail(str(error))
        except ChildEnded as ended:
            self._fail(_obituary(ended.child))

    def _run(self, place: Place, directory: Path) -> None:
        """Bring everything up and stay until told to stop."""
        queue = broker.choose(os.environ, data=directory / "broker")
        mail = broker.free_port()
        environment = os.environ | {
            "BASE_URL": os.environ.get("BASE_URL") or place.url,
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
            "EMAIL_URL": f"smtp://127.0.0.1:{mail}",
            "PORT": str(place.port),
            "PYTHONUNBUFFERED": "1",
            "REDIS_URL": queue.url,
            "VAR_DIR": str(directory),
        }
        with Supervisor(directory / "log", settings.BASE_DIR, environment) as supervisor:
            try:
                self._prepare(supervisor, queue, directory / "mailbox", mail)
                self._serve(supervisor, place)
                self._greet(place)
                supervisor.watch()
            except ToldToStop:
                self._say("Stopping.")

    def _prepare(
        self, supervisor: Supervisor, queue: broker.Broker, mailbox: Path, mail: int
    ) -> None:
        with self._step("Starting the broker and the mail catcher"):
            if queue.command:
                supervisor.start("broker", queue.command)
            supervisor.start("mail catcher", _mail_catcher(mailbox, mail))
            if not supervisor.wait_for(queue.answers, BROKER_SECONDS):
                raise CannotStart(f"The broker at {queue.place} does not answer.")
            if not supervisor.wait_for(lambda: _listens(mail), MAIL_SECONDS):
                raise CannotStart(f"The mail catcher does not answer on port {mail}.")
        with self._step("Preparing the database"):
            supervisor.run("migrate", _manage("migrate", "--no-input"))
        with self._step("Collecting the static files"):
            supervisor.run("collectstatic", _manage("collectstatic", "--no-input", "-v0"))
        dates = os.environ.get("SEED_DATES") or "today"
        with self._step("Making the demo data"):
            supervisor.run("seed", _manage("seed_glasgow", "--dates", dates))

    def _serve(self, supervisor: Supervisor, place: Place) -> None:
        with self._step("Starting the web server and the task workers"):
            supervisor.start("web server", _web_server(place))
            # Celery waits for a running task on SIGTERM; on SIGQUIT for three seconds.
            supervisor.start("celery worker", _worker(), extra={"REMAP_SIGTERM": "SIGQUIT"})
            supervisor.start("celery beat", _celery("beat"))
            if not supervisor.wait_for(place.is_healthy, WEB_SECONDS):
                raise CannotStart(f"The web server does not answer at {place.url}/healthz.")

    def _greet(self, place: Place) -> None:
        from assembly.accounts.demo import SIGN_INS  # noqa: PLC0415  for the demo only

        self._say(f"\nThe planner runs at {place.url}/\nSign in as\n")
        for role, email, how in SIGN_INS:
            self._say(f"  {role:<24} {email:<36} {how}")
        self._say(f"\nThe mail it sends is at {place.url}/demo/mailbox/. Ctrl-C stops it.")
        self._say("ready")

    @contextmanager
    def _step(self, words: str) -> Iterator[None]:
        self._say(f"{words} ... ", ending="")
        try:
            yield
        except Exception as error:
            self._say("stopped" if isinstance(error, ToldToStop) else "failed")
            raise
        self._say("done")

    def _say(self, words: str, ending: str = "\n") -> None:
        """Print at once. That nobody reads any more (`make run | head`) is no reason to fail."""
        try:
            self.stdout.write(words, ending=ending)
            self.stdout.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _fail(self, message: str) -> NoReturn:
        self.stderr.write(message)
        sys.exit(1)


def _place() -> Place:
    """HOST and PORT. Raises CannotStart when PORT is no port."""
    port = os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) <= LAST_PORT:
        raise CannotStart(f"PORT is a number from 1 to {LAST_PORT}; it cannot be '{port}'.")
    return Place(os.environ.get("HOST") or "127.0.0.1", int(port))


@contextmanager
def _alone(directory: Path) -> Iterator[Path]:
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


def _obituary(child: Child) -> str:
    """What a person needs to know of a child that ended, with the end of its log."""
    lines = child.last_lines() or ["(nothing in its log)"]
    if child.name in FAILURES:
        # An error's first line says what is the matter; the indented ones below it say more.
        cause = next((line for line in reversed(lines) if not line[0].isspace()), lines[-1])
        return f"{FAILURES[child.name]}: {cause} (log: {child.log})"
    ended = f"The {child.name} process ended (exit code {child.exit_code()}). Its log: {child.log}"
    return "\n  ".join([ended, *lines])


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _python(*words: str) -> tuple[str, ...]:
    return (sys.executable, *words)


def _manage(*words: str) -> tuple[str, ...]:
    return _python(str(settings.BASE_DIR / "manage.py"), *words)


def _mail_catcher(mailbox: Path, port: int) -> tuple[str, ...]:
    handler = ("-c", "aiosmtpd.handlers.Mailbox", str(mailbox))
    return _python("-m", "aiosmtpd", "-n", *handler, "-l", f"127.0.0.1:{port}")


def _web_server(place: Place) -> tuple[str, ...]:
    options = {
        "--bind": place.bind,
        "--workers": os.environ.get("WEB_WORKERS") or "2",
        "--worker-class": "gthread",
        "--threads": "4",
        "--graceful-timeout": "3",
        "--log-level": "warning",
    }
    if MEMORY.is_dir():  # a worker's heartbeat on a slow disk would block it
        options["--worker-tmp-dir"] = str(MEMORY)
    words = [word for option in options.items() for word in option]
    return _python("-m", "gunicorn", "assembly.wsgi:application", "--no-control-socket", *words)


def _worker() -> tuple[str, ...]:
    return _celery(
        "worker", "--concurrency=2", "--without-gossip", "--without-mingle", "--without-heartbeat"
    )


def _celery(part: str, *words: str) -> tuple[str, ...]:
    return _python("-m", "celery", "-q", "-A", "assembly", part, "--loglevel=WARNING", *words)
