"""Everything beat does for mail, once: for cron, and for whoever wants to see it done."""

from typing import Any, Final

from django.core.management.base import BaseCommand

from assembly.core.clock import DatabaseClock
from assembly.itineraries.tasks import work_out
from assembly.notifications import services
from assembly.outbox import pump

LONGEST: Final = 600.0  # seconds


class Command(BaseCommand):
    help = "Plan and send what is due: reminders, changes, announcements, and every other mail."

    def handle(self, *args: Any, **options: Any) -> None:
        clock = DatabaseClock()
        work_out()
        services.look(clock)
        sent = pump.run(clock, longest=LONGEST)
        services.watch(at=clock())
        self.stdout.write(f"{sent} mails accepted by the mail server.")
