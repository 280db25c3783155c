"""Import delegates from a file, as the organisers' page does it."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assembly.core.errors import PlannerError
from assembly.delegations import services
from assembly.delegations.choices import BatchState, Verdict
from assembly.delegations.models import ImportBatch
from assembly.editions.models import Assembly


class Command(BaseCommand):
    help = "Import delegates from a CSV or XLSX file into the current Assembly; all or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="judge each row, save nothing")
        parser.add_argument(
            "--without-faulty", action="store_true", help="leave faulty rows out, import the rest"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        assembly = Assembly.objects.current().first()
        if assembly is None:
            raise CommandError("No Assembly is current.")
        try:
            content = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"Cannot read {options['file']}: {error.strerror}.") from None
        try:
            batch = services.preview(
                assembly=assembly,
                name=options["file"].name,
                content=content,
                by=None,
                at=timezone.now(),
            )
        except PlannerError as error:
            raise CommandError(error.message) from None
        self._report(batch)
        if options["dry_run"]:
            faulty = batch.counts[Verdict.FAULTY]
            batch.delete()
            if faulty:
                sys.exit(1)
            return
        self._import(batch, without_faulty=options["without_faulty"])

    def _report(self, batch: ImportBatch) -> None:
        for note in batch.notes:
            self.stdout.write(note)
        for row in batch.rows:
            for column, words in row["faults"]:
                self.stdout.write(f"row {row['number']}, {column}: {words}")
        self.stdout.write(", ".join(f"{verdict}: {n}" for verdict, n in batch.counts.items()))

    def _import(self, batch: ImportBatch, *, without_faulty: bool) -> None:
        at = timezone.now()
        try:
            services.confirm(batch=batch, without_faulty=without_faulty, by=None, at=at)
        except PlannerError as error:
            batch.delete()
            raise CommandError(error.message) from None
        services.apply(batch=batch, at=at)
        batch.refresh_from_db()
        if batch.state != BatchState.DONE:
            raise CommandError(batch.refusal)
        self.stdout.write("Imported.")
