"""Erase personal data that was kept long enough. Run it every day."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from assembly.portal.retention import erase_expired


class Command(BaseCommand):
    help = "Erase personal data of Assemblies that ended long enough ago."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be erased, and erase nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        figures = erase_expired(at=timezone.now(), dry_run=options["dry_run"])
        verb = "Would erase" if options["dry_run"] else "Erased"
        for assembly, counts in figures.items():
            parts = ", ".join(f"{what}: {count}" for what, count in counts.items() if count)
            self.stdout.write(f"{verb} of {assembly}: {parts}")
        if not figures:
            self.stdout.write("Nothing to erase.")
