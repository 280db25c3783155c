"""The clashes of the current programme as text; exit 1 if one blocks publishing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assembly.editions.models import Assembly
from assembly.programme.selectors.drafts import clashes_now


class Command(BaseCommand):
    help = "Print the clashes of the current programme. Exit 1 if one blocks publishing."

    def handle(self, *args: Any, **options: Any) -> None:
        assembly = Assembly.objects.current().first()
        if assembly is None:
            raise CommandError("There is no current Assembly.")
        found = clashes_now(assembly)
        for clash in found:
            self.stdout.write(f"{clash.level.value:<7} {','.join(clash.codes)}  {clash}")
        blocking = sum(clash.blocks for clash in found)
        self.stdout.write(f"{blocking} block, {len(found) - blocking} warn.")
        if blocking:
            raise SystemExit(1)
