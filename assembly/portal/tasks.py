"""The daily erasing. Demo settings leave it out: the demo may lie in the past."""

from celery import shared_task
from django.utils import timezone

from assembly.portal.retention import erase_expired


@shared_task(name="assembly.portal.tasks.erase")
def erase() -> None:
    """Erase what was kept long enough; running it twice is harmless."""
    erase_expired(at=timezone.now(), dry_run=False)
