"""What organisers write to the people they choose."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assembly.accounts.models import User
from assembly.core.models import Timestamped
from assembly.editions.models import Assembly
from assembly.notifications.choices import AnnouncementState
from assembly.notifications.rules import UNDO


class Announcement(Timestamped):
    """One text in up to four languages, and whom it is for.

    `audience` is the choice of people as the form gave it (see `selectors.audience`); `recipients`
    is how many they were when somebody typed that number and confirmed. `version` refuses a form
    that is out of date.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assembly = models.ForeignKey(Assembly, on_delete=models.CASCADE, related_name="announcements")
    version = models.PositiveIntegerField(default=1, editable=False)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=AnnouncementState.choices,
        default=AnnouncementState.DRAFT,
    )
    subject = models.CharField(_("subject"), max_length=150)
    body = models.TextField(_("text"), max_length=5000)
    safety = models.BooleanField(
        _("safety message"),
        default=False,
        help_text=_("Goes first, and to everybody chosen, whatever mail they declined."),
    )
    audience = models.JSONField(default=dict)
    send_at = models.DateTimeField(
        _("send at"),
        null=True,
        blank=True,
        help_text=_("In the Assembly's time zone. Empty: a minute after you confirm."),
    )
    recipients = models.PositiveIntegerField(default=0)
    written_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering: ClassVar = ["-created_at"]
        permissions: ClassVar = [("announce", "Write announcements")]

    def __str__(self) -> str:
        return self.subject

    @property
    def batch(self) -> str:
        """The name its messages carry in the outbox."""
        return str(self.uuid)

    @property
    def leaves_at(self) -> datetime | None:
        """When the first mail goes; None for a draft that goes soon after it is confirmed."""
        if self.confirmed_at is None:
            return self.send_at
        return max(self.send_at or self.confirmed_at, self.confirmed_at + UNDO)

    @property
    def languages(self) -> list[str]:
        """The languages it is written in, subject and text."""
        codes = [code for code, _name in settings.LANGUAGES]
        return [c for c in codes if getattr(self, f"subject_{c}") and getattr(self, f"body_{c}")]
