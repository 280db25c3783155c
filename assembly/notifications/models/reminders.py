"""The rules of reminders, and each reminder that follows from them."""

from datetime import datetime, time
from typing import ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from assembly.core.literals import Literal
from assembly.core.models import Timestamped
from assembly.editions.models import Assembly
from assembly.notifications.choices import ReminderState, When, Why
from assembly.outbox.models import Message
from assembly.people.models import Person
from assembly.programme.choices import SessionKind
from assembly.programme.models import Session

EVENING: time = time(18, 0)
LONGEST_LEAD = 3 * 24 * 60


class ReminderRule(Timestamped):
    """Before which sessions, how long before, and to whom. All rules add up.

    Media count from their call time, everybody else from the start.
    """

    assembly = models.ForeignKey(
        Assembly,
        on_delete=models.CASCADE,
        related_name="reminder_rules",
        verbose_name=_("Assembly"),
    )
    when = models.CharField(_("when"), max_length=10, choices=When.choices, default=When.BEFORE)
    kind = models.CharField(
        _("only this kind of session"), max_length=20, choices=SessionKind.choices, blank=True
    )
    session = models.ForeignKey(
        Session,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only this session"),
    )
    minutes = models.PositiveSmallIntegerField(
        _("minutes before"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_LEAD)],
        help_text=_("Before the start; for media before their call time."),
    )
    local_time = models.TimeField(
        _("time of day"),
        default=EVENING,
        help_text=_("For the evening before: in the Assembly's time zone."),
    )
    to_mandatory = models.BooleanField(_("those expected"), default=True)
    to_saved = models.BooleanField(_("those who saved it"), default=True)
    to_speakers = models.BooleanField(_("those who take part"), default=True)
    to_media = models.BooleanField(_("accredited media"), default=True)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        ordering: ClassVar = ["assembly", "when", "-minutes", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(session__isnull=True) | Q(kind=""),
                name="rule_for_a_kind_or_a_session",
                violation_error_message=_("Choose a kind or a session, not both."),
            ),
            models.CheckConstraint(
                condition=Q(to_mandatory=True)
                | Q(to_saved=True)
                | Q(to_speakers=True)
                | Q(to_media=True)
                | Q(when=When.EVENING),
                name="rule_reminds_somebody",
                violation_error_message=_("Choose whom to remind."),
            ),
            models.UniqueConstraint(
                fields=["assembly", "kind", "minutes"],
                condition=Q(when=When.BEFORE, session__isnull=True),
                name="one_rule_of_a_kind_and_time",
                violation_error_message=_("There is such a rule already."),
            ),
            models.UniqueConstraint(
                fields=["assembly", "session", "minutes"],
                condition=Q(when=When.BEFORE, session__isnull=False),
                name="one_rule_of_a_session_and_time",
                violation_error_message=_("There is such a rule already."),
            ),
            models.UniqueConstraint(
                fields=["assembly"],
                condition=Q(when=When.EVENING),
                name="one_evening_before",
                violation_error_message=_("There is such a rule already."),
            ),
        ]

    def __str__(self) -> str:
        if self.when == When.EVENING:
            return f"{self.get_when_display()}, {self.local_time:%H:%M}"
        return str(_("%(minutes)s minutes before") % {"minutes": self.minutes})


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def due(self, at: datetime) -> Self:
        """Planned ones whose time has come; `at` is aware UTC."""
        planned = Exact(F("state"), Literal(ReminderState.PLANNED.value))
        return self.filter(planned, due_at__lte=at).order_by("due_at", "pk")


class Reminder(models.Model):
    """One person before one session as it was planned: `starts_at` is the start they are told.

    Without a session it is the one of the evening before.
    """

    assembly = models.ForeignKey(Assembly, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, related_name="+")
    starts_at = models.DateTimeField()
    due_at = models.DateTimeField()
    why = models.CharField(max_length=10, choices=Why.choices)
    state = models.CharField(
        max_length=10, choices=ReminderState.choices, default=ReminderState.PLANNED
    )
    room_code = models.CharField(max_length=20, blank=True)
    message = models.OneToOneField(
        Message, on_delete=models.SET_NULL, null=True, related_name="reminder"
    )

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                condition=Q(state=ReminderState.PLANNED),
                name="reminders_due",
            ),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "session", "starts_at", "due_at"],
                condition=Q(session__isnull=False),
                name="reminded_once",
            ),
            models.UniqueConstraint(
                fields=["person", "assembly", "due_at"],
                condition=Q(session__isnull=True),
                name="reminded_once_of_the_assembly",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PlanMark(models.Model):
    """On what the reminders of an Assembly were planned last.

    `planned_at` is the last look, `full_at` the last plan; `busy_until` is whoever plans now.
    """

    assembly = models.OneToOneField(Assembly, on_delete=models.CASCADE, related_name="+")
    planned_on = models.CharField(max_length=64, blank=True)
    planned_at = models.DateTimeField(null=True)
    full_at = models.DateTimeField(null=True)
    busy_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("plan of reminders")
        verbose_name_plural = _("plans of reminders")

    def __str__(self) -> str:
        return str(self.assembly_id)
