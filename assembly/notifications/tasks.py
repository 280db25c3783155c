"""Beat's ticks: reminders and changes every few seconds, alerts every half minute."""

from celery import shared_task

from assembly.core.clock import DatabaseClock
from assembly.notifications import services


@shared_task(name="assembly.notifications.tasks.look")
def look() -> None:
    """Plan, send and tell what is due."""
    services.look(DatabaseClock())


@shared_task(name="assembly.notifications.tasks.watch")
def watch() -> None:
    """See whether mail flows, and take out what belongs to the erased."""
    services.watch(at=DatabaseClock()())
    services.forget_erased()
