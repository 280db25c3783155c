"""Base models, and the audit log: one table for decisions and for looks at personal documents."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Timestamped(models.Model):
    """When a row was made and last saved, in UTC."""

    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        abstract = True


class AuditEntry(models.Model):
    """Who did what to which row, and when. The database refuses to change or delete an entry.

    `actor` and `target_id` are opaque ids; `facts` carries no personal data. A person who is
    erased elsewhere leaves nothing readable here, so the log itself never has to be edited.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(_("time"), db_index=True)
    actor = models.CharField(_("by"), max_length=64)
    verb = models.CharField(_("action"), max_length=60)
    target_type = models.CharField(_("kind of record"), max_length=60)
    target_id = models.CharField(_("record"), max_length=64)
    facts = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["target_type", "target_id"], name="audit_target")]

    def __str__(self) -> str:
        return f"{self.verb} {self.target_type} {self.target_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("An audit entry is written once.")
        super().save(*args, **kwargs)
