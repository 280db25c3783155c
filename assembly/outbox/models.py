"""A message is a row: the database is the truth, the broker only wakes the pump."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from assembly.core.literals import Literal
from assembly.core.models import Timestamped
from assembly.outbox.choices import InDoubt, Outcome, Phase, Priority, State


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, at: datetime) -> Self:
        """Queued messages whose time has come, the urgent first; `at` is aware UTC."""
        queued = Exact(F("state"), Literal(State.QUEUED.value))
        return self.filter(queued, held=False, not_before__lte=at).order_by(
            "priority", "not_before", "pk"
        )

    def fresh(self, at: datetime) -> Self:
        """What is still of use at this moment."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at))

    def abandoned(self, at: datetime, lease: timedelta) -> Self:
        """Taken by a pump that never came back. A lease that ends later than any lease does was
        taken before a clock went back."""
        gone = Q(lease_expires_at__lt=at) | Q(lease_expires_at__gt=at + 2 * lease)
        return self.filter(gone, state__in=[State.LEASED, State.SENDING])

    def waiting(self) -> Self:
        return self.filter(state__in=[State.QUEUED, State.LEASED, State.SENDING])

    def visible_to(self, user: Any) -> Self:
        """The log as staff read it; messages to protected people need a permission."""
        return self if user.has_perm("outbox.see_protected") else self.filter(protected=False)


class Message(Timestamped):
    """One mail to one address, rendered when it was queued, in the recipient's language.

    `batch` is what it was sent with (an announcement), `about` the codes it speaks of, both only
    to find it by. `calendar` is an .ics file to attach, `unsubscribe` an address that ends such
    mails with one click (RFC 8058).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    template = models.CharField(_("template"), max_length=100)
    to_email = models.EmailField(_("address"))
    to_name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=5)
    user_id = models.CharField(_("user"), max_length=64, blank=True, db_index=True)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    calendar = models.TextField(_("calendar file"), blank=True)
    unsubscribe = models.CharField(max_length=400, blank=True)
    batch = models.CharField(max_length=40, blank=True, db_index=True)
    about = models.CharField(_("about"), max_length=300, blank=True)
    dedupe_key = models.CharField(_("key"), max_length=200, unique=True)
    priority = models.SmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.NORMAL
    )
    when_in_doubt = models.CharField(
        _("when in doubt"), max_length=10, choices=InDoubt.choices, default=InDoubt.ASK
    )
    sensitive = models.BooleanField(
        _("sensitive"), default=False, help_text=_("Holds a code or a link; blanked once sent.")
    )
    protected = models.BooleanField(_("protected"), default=False, editable=False)
    held = models.BooleanField(_("paused"), default=False, editable=False)
    not_before = models.DateTimeField(_("not before"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    lease_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sending_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar = ["-created_at", "-pk"]
        permissions: ClassVar = [
            ("see_protected", "See messages to protected people"),
            ("decide_message", "Send a message again and lift suppressions"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["priority", "not_before"],
                condition=Q(state=State.QUEUED),
                name="messages_due",
            ),
            models.Index(
                fields=["lease_token"],
                condition=Q(lease_token__isnull=False),
                name="messages_leased",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.uuid}"


class DeliveryAttempt(models.Model):
    """How one try ended: what the mail server answered, and how far it came."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField(_("time"), db_index=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    phase = models.CharField(_("came as far as"), max_length=10, choices=Phase.choices, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("delivery attempt")
        verbose_name_plural = _("delivery attempts")
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.outcome} {self.at:%Y-%m-%d %H:%M}"


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def standing(self) -> Self:
        return self.filter(lifted_at__isnull=True)


class Suppression(models.Model):
    """An address that a mail server refused for good. Nothing goes there until it is lifted."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("address"))
    since = models.DateTimeField(_("since"))
    answer = models.CharField(_("answer"), max_length=300)
    protected = models.BooleanField(default=False, editable=False)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_because = models.CharField(_("lifted because"), max_length=300, blank=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering: ClassVar = ["-since"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(lifted_at__isnull=True),
                name="suppressed_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Pulse(models.Model):
    """When something that has to run again and again was last seen running."""

    name = models.CharField(max_length=30, unique=True)
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("pulse")
        verbose_name_plural = _("pulses")

    def __str__(self) -> str:
        return self.name
