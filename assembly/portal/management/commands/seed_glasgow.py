"""Fill the database with the demo: the Glasgow Assembly, its programme, and an archived one."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assembly.portal import demo

MOST = 200
REPORT_EVERY = 100


class Command(BaseCommand):
    help = "Build the Glasgow demo. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dates",
            choices=["today", "soon", "actual"],
            default="today",
            help="Day 1 is today, in two weeks, or 4 November 2024.",
        )
        parser.add_argument("--scale", type=int, default=1, help="How many times each session.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Demo data exists under demo settings only.")
        if not 1 <= options["scale"] <= MOST:
            raise CommandError(f"--scale takes a whole number from 1 to {MOST}.")
        built = demo.build(
            dates=options["dates"],
            scale=options["scale"],
            at=timezone.now(),
            progress=self._progress,
        )
        self.stdout.write("The Glasgow programme is loaded." if built else "Nothing to do.")

    def _progress(self, done: int, total: int) -> None:
        if done % REPORT_EVERY == 0 and total > REPORT_EVERY:
            self.stdout.write(f"  {done} of {total} sessions")
