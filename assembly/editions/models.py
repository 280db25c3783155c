"""One row a year. One of them is current; archived ones keep a public record."""

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assembly.core.models import Timestamped
from assembly.core.validators import check_year
from assembly.editions.choices import RecordKind, Status
from venues.models import Venue

LONGEST_DAYS = 60


def check_timezone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not an IANA time zone. Example: Europe/London."),
            params={"name": name},
        )


def check_languages(codes: Any) -> None:
    known = {code for code, _name in settings.LANGUAGES}
    if (
        not isinstance(codes, list)
        or not codes
        or any(code not in known for code in map(str, codes))
    ):
        raise ValidationError(_("List languages out of these: en, fr, es, ar."))


def all_languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


class AssemblyQuerySet(models.QuerySet["Assembly"]):
    def current(self) -> Self:
        return self.filter(is_current=True)

    def archived(self) -> Self:
        return self.filter(status=Status.ARCHIVED)


class Assembly(Timestamped):
    """A session of the General Assembly. Days are dates in `timezone`, both ends included."""

    number = models.PositiveSmallIntegerField(
        _("number"), unique=True, help_text=_("Which session of the General Assembly this is.")
    )
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(
        _("country"), max_length=2, help_text=_("ISO 3166-1 code with two letters.")
    )
    host_agency = models.CharField(_("host agency"), max_length=120, blank=True)
    venue = models.ForeignKey(
        Venue, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("venue")
    )
    first_day = models.DateField(_("first day"), validators=[check_year])
    last_day = models.DateField(_("last day"), validators=[check_year])
    timezone = models.CharField(
        _("time zone"),
        max_length=60,
        validators=[check_timezone],
        help_text=_("IANA name, for example Europe/London. Pages name the city beside each time."),
    )
    languages = models.JSONField(
        _("working languages"), default=all_languages, validators=[check_languages]
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PLANNING
    )
    nominations_close_at = models.DateTimeField(
        _("nominations close"),
        null=True,
        blank=True,
        validators=[check_year],
        help_text=_("Until then focal points change the lists of their delegations."),
    )
    sensitive_kept_days = models.PositiveSmallIntegerField(
        _("days sensitive data are kept"),
        default=30,
        help_text=_(
            "After the last day: then dietary and access needs, dates of birth and photos go."
        ),
    )
    people_kept_days = models.PositiveSmallIntegerField(
        _("days people are kept"),
        default=365,
        help_text=_("After the last day: then names and addresses of delegates go too."),
    )
    is_current = models.BooleanField(
        _("current"),
        default=False,
        help_text=_("The public pages show the current Assembly. There is one at a time."),
    )

    objects = AssemblyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Assembly")
        verbose_name_plural = _("Assemblies")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["is_current"],
                condition=Q(is_current=True),
                name="one_current_assembly",
                violation_error_message=_("Another Assembly is current. Un-mark that one first."),
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="assembly_ends_after_it_starts",
                violation_error_message=_("The last day cannot be before the first day."),
            ),
            models.CheckConstraint(
                condition=~Q(is_current=True, status=Status.ARCHIVED),
                name="archived_is_not_current",
                violation_error_message=_("An archived Assembly cannot be the current one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.city}"

    def clean(self) -> None:
        super().clean()
        if self.first_day and self.last_day and len(self.days) > LONGEST_DAYS:
            raise ValidationError({"last_day": _("An Assembly does not last that long.")})

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def days(self) -> list[date]:
        count = (self.last_day - self.first_day).days + 1
        return [self.first_day + timedelta(days=n) for n in range(count)]

    @property
    def starts_at(self) -> datetime:
        """Midnight that begins the first day, in the Assembly's zone."""
        return datetime.combine(self.first_day, time(), self.zone)

    @property
    def ends_at(self) -> datetime:
        """Midnight that ends the last day, in the Assembly's zone."""
        return datetime.combine(self.last_day + timedelta(days=1), time(), self.zone)


class RecordEntry(Timestamped):
    """A line of the public record of an Assembly that is over: a figure, decision or election."""

    assembly = models.ForeignKey(
        Assembly, on_delete=models.CASCADE, related_name="record", verbose_name=_("Assembly")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RecordKind.choices)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    subject = models.CharField(_("subject"), max_length=300)
    outcome = models.CharField(_("outcome"), max_length=200)

    class Meta:
        verbose_name = _("entry of the record")
        verbose_name_plural = _("record")
        ordering: ClassVar = ["kind", "position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assembly", "kind", "position"], name="one_entry_in_a_place"
            ),
        ]

    def __str__(self) -> str:
        return self.subject
