"""Brings the whole planner up on this machine and keeps it up: what `make run` runs."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from assembly.portal import broker, processes
from assembly.portal.processes import CannotStart, Place
from assembly.portal.supervisor import Child, ChildEnded, Supervisor, ToldToStop, end_with_parent

BROKER_SECONDS = 30
MAIL_SECONDS = 20
WEB_SECONDS = 60
# The tasks that end, and what it means when they fail.
FAILURES = {
    "migrate": "The database cannot be prepared",
    "collectstatic": "The static files cannot be collected",
    "seed": "The demo data cannot be made",
}


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
            place = processes.place()
            place.check_free()
            with processes.alone(settings.VAR_DIR.resolve()) as directory:
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
            supervisor.start("mail catcher", processes.mail_catcher(mailbox, mail))
            if not supervisor.wait_for(queue.answers, BROKER_SECONDS):
                raise CannotStart(f"The broker at {queue.place} does not answer.")
            if not supervisor.wait_for(lambda: processes.listens(mail), MAIL_SECONDS):
                raise CannotStart(f"The mail catcher does not answer on port {mail}.")
        with self._step("Preparing the database"):
            supervisor.run("migrate", processes.manage("migrate", "--no-input"))
        with self._step("Collecting the static files"):
            supervisor.run("collectstatic", processes.manage("collectstatic", "--no-input", "-v0"))
        dates = os.environ.get("SEED_DATES") or "today"
        with self._step("Making the demo data"):
            supervisor.run("seed", processes.manage("seed_glasgow", "--dates", dates))

    def _serve(self, supervisor: Supervisor, place: Place) -> None:
        with self._step("Starting the web server and the task workers"):
            supervisor.start("web server", processes.web_server(place))
            # Celery waits for a running task on SIGTERM; on SIGQUIT for three seconds.
            supervisor.start(
                "celery worker", processes.worker(), extra={"REMAP_SIGTERM": "SIGQUIT"}
            )
            supervisor.start("celery beat", processes.celery("beat"))
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


def _obituary(child: Child) -> str:
    """What a person needs to know of a child that ended, with the end of its log."""
    lines = child.last_lines() or ["(nothing in its log)"]
    if child.name in FAILURES:
        # An error's first line says what is the matter; the indented ones below it say more.
        cause = next((line for line in reversed(lines) if not line[0].isspace()), lines[-1])
        return f"{FAILURES[child.name]}: {cause} (log: {child.log})"
    ended = f"The {child.name} process ended (exit code {child.exit_code()}). Its log: {child.log}"
    return "\n  ".join([ended, *lines])
