"""A message is a row: the database is the truth, the broker only wakes the pump."""

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assembly.core.models import Timestamped
from assembly.outbox.choices import Outcome, Priority, State


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, at: datetime) -> Self:
        """Queued messages whose time has come, the urgent first; `at` is aware UTC."""
        return self.filter(state=State.QUEUED, not_before__lte=at).order_by(
            "priority", "not_before", "pk"
        )

    def abandoned(self, at: datetime) -> Self:
        """Claimed by a pump that never came back."""
        return self.filter(state=State.LEASED, lease_expires_at__lt=at)

    def visible_to(self, user: Any) -> Self:
        """The log as staff read it; messages to protected people need a permission."""
        return self if user.has_perm("outbox.see_protected") else self.filter(protected=False)


class Message(Timestamped):
    """One mail to one address, rendered when it was queued, in the recipient's language."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    template = models.CharField(_("template"), max_length=100)
    to_email = models.EmailField(_("address"))
    to_name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=5)
    user_id = models.CharField(_("user"), max_length=64, blank=True, db_index=True)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    dedupe_key = models.CharField(_("key"), max_length=200, unique=True)
    priority = models.SmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.NORMAL
    )
    sensitive = models.BooleanField(
        _("sensitive"), default=False, help_text=_("Holds a code or a link; blanked once sent.")
    )
    protected = models.BooleanField(_("protected"), default=False, editable=False)
    not_before = models.DateTimeField(_("not before"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar = ["-created_at", "-pk"]
        permissions: ClassVar = [("see_protected", "See messages to protected people")]
        indexes: ClassVar = [
            models.Index(
                fields=["priority", "not_before"],
                condition=Q(state=State.QUEUED),
                name="messages_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.uuid}"


class DeliveryAttempt(models.Model):
    """What the mail server answered, once for each try."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField(_("time"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.outcome} {self.at:%Y-%m-%d %H:%M}"
