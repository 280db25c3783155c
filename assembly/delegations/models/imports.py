"""A file that somebody uploaded: its rows with their verdicts, until it is confirmed or expires."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from assembly.accounts.models import User
from assembly.core.models import Timestamped
from assembly.delegations.choices import BatchState
from assembly.editions.models import Assembly


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def expired(self, at: datetime) -> Self:
        """Previews nobody confirmed in time; aware UTC."""
        return self.filter(state=BatchState.PREVIEW, expires_at__lte=at)

    def waiting(self, before: datetime) -> Self:
        """Confirmed before this instant and not imported yet."""
        return self.filter(state=BatchState.QUEUED, updated_at__lt=before)


class ImportBatch(Timestamped):
    """`rows` holds people's data, so it is emptied once the batch is done, refused or expired.

    `digest` is that of all verdicts: when the same rows give others, the data changed meanwhile.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assembly = models.ForeignKey(Assembly, on_delete=models.CASCADE, related_name="+")
    uploaded_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    file_name = models.CharField(_("file"), max_length=120)
    state = models.CharField(
        _("state"), max_length=10, choices=BatchState.choices, default=BatchState.PREVIEW
    )
    expires_at = models.DateTimeField(_("expires"))
    rows = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    notes = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    counts = models.JSONField(_("rows"), default=dict)
    refusal = models.CharField(_("why it was refused"), max_length=300, blank=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.file_name
