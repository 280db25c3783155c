"""Imports that take a while, and the clearing of previews nobody confirmed."""

from datetime import timedelta
from typing import Final

from celery import shared_task
from django.utils import timezone

from assembly.delegations import services
from assembly.delegations.models import ImportBatch

PATIENCE: Final = timedelta(minutes=1)


@shared_task(name="assembly.delegations.tasks.apply_import")
def apply_import(uuid: str) -> None:
    """Write one confirmed import. Running it twice is harmless: the second finds it done."""
    batch = ImportBatch.objects.filter(uuid=uuid).first()
    if batch is not None:
        services.apply(batch=batch, at=timezone.now())


@shared_task(name="assembly.delegations.tasks.look_after_imports")
def look_after_imports() -> None:
    """Drop expired previews, and take up imports whose wake-up call was lost."""
    now = timezone.now()
    services.drop_expired(at=now)
    for batch in ImportBatch.objects.waiting(now - PATIENCE):
        services.apply(batch=batch, at=now)
