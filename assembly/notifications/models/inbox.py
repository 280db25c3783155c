"""What each person was told, what was told of the programme, and what organisers are warned of."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assembly.accounts.models import User
from assembly.editions.models import Assembly
from assembly.notifications.choices import AlertKind, AnnouncementState, Kind
from assembly.notifications.models.announcements import Announcement
from assembly.outbox.choices import State
from assembly.outbox.models import Message
from assembly.people.models import Person


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, user: User) -> Self:
        return self.filter(person__user=user)

    def shown(self, at: datetime) -> Self:
        """What has its time. An announcement that was paused or cancelled shows to those alone to
        whom it went before that; what was dropped before it left, to nobody."""
        goes_on = Q(announcement__isnull=True) | Q(announcement__state=AnnouncementState.CONFIRMED)
        dropped = Q(message__state=State.CANCELLED, announcement__isnull=True)
        # Whoever gets no mail has read it here, if it was shown before it was stopped.
        read_here = Q(message__isnull=True, visible_from__lte=F("announcement__updated_at"))
        went = goes_on | Q(message__state=State.SENT) | read_here
        return self.filter(went, visible_from__lte=at).exclude(dropped)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One message as its reader finds it under Messages, in the language it was written in.

    The same was sent as `message`, unless the reader has no address or declined such mail.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assembly = models.ForeignKey(Assembly, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=250)
    text = models.TextField()
    visible_from = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    session_code = models.CharField(max_length=6, blank=True)
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="+")
    announcement = models.ForeignKey(
        Announcement, on_delete=models.CASCADE, null=True, related_name="notices"
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to a person")
        verbose_name_plural = _("messages to people")
        ordering: ClassVar = ["-visible_from", "-pk"]
        indexes: ClassVar = [models.Index(fields=["person", "-visible_from"], name="inbox")]

    def __str__(self) -> str:
        return str(self.uuid)


class Told(models.Model):
    """Up to which revision those concerned were told; whoever tells holds its row."""

    assembly = models.OneToOneField(Assembly, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("revision told")
        verbose_name_plural = _("revisions told")

    def __str__(self) -> str:
        return str(self.number)


class Alert(models.Model):
    """Something organisers were warned of; open until it is well again."""

    kind = models.CharField(_("kind"), max_length=10, choices=AlertKind.choices)
    opened_at = models.DateTimeField(_("since"))
    closed_at = models.DateTimeField(_("until"), null=True)
    figure = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering: ClassVar = ["-opened_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(closed_at__isnull=True),
                name="one_open_alert_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
