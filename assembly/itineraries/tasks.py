"""Works out whom each new revision concerns, soon after it was published."""

from celery import shared_task
from django.utils import timezone

from assembly.itineraries import services
from assembly.programme.models import Revision


@shared_task(name="assembly.itineraries.tasks.work_out")
def work_out() -> None:
    """Every revision of the current Assembly that nobody has worked out yet, the oldest first."""
    waiting = Revision.objects.filter(assembly__is_current=True, reach__isnull=True, tell=True)
    for revision in waiting.select_related("assembly").order_by("number"):
        services.work_out(revision=revision, at=timezone.now())
