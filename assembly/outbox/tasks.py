"""The pump's alarm clock: woken on commit and by beat."""

from celery import shared_task

from assembly.core.clock import DatabaseClock
from assembly.outbox import pump as engine


@shared_task(name="assembly.outbox.tasks.pump")
def pump() -> None:
    """Send what is due. Running it twice at once is harmless: a message is leased to one pump."""
    engine.run(DatabaseClock())
