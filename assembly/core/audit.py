"""The one log of decisions and of looks at personal documents."""

from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db import models

from assembly.core.models import AuditEntry

SYSTEM: Final = "system"


def record(
    *,
    by: models.Model | AnonymousUser | None,
    verb: str,
    target: models.Model,
    at: datetime,
    facts: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write one entry in the caller's transaction.

    `by` is the user, or None for the planner itself. `at` is aware UTC. `facts` is plain JSON
    without personal data: codes, states, numbers.
    """
    return AuditEntry.objects.create(
        at=at,
        actor=str(by.pk) if by is not None and by.pk is not None else SYSTEM,
        verb=verb,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        facts=facts or {},
    )
