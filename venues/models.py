"""Where an Assembly takes place: a venue, its zones, the walks between them, rooms and closures."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import uuid4

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assembly.core.models import Timestamped
from assembly.core.validators import check_year

ROOM_CODE = RegexValidator(r"^[A-Z0-9-]{2,20}$", _("Use capital letters, digits and hyphens."))


class Venue(Timestamped):
    """A campus or building. Coordinates are WGS84 degrees."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    city = models.CharField(_("city"), max_length=80)
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Zone(Timestamped):
    """A part of the venue that people walk between: a building or a floor."""

    venue = models.ForeignKey(
        Venue, on_delete=models.PROTECT, related_name="zones", verbose_name=_("venue")
    )
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering: ClassVar = ["venue", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["venue", "name"], name="one_zone_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class WalkingTime(Timestamped):
    """Minutes on foot between two zones, the same both ways. Zones without a row touch."""

    first = models.ForeignKey(
        Zone, on_delete=models.CASCADE, related_name="+", verbose_name=_("from")
    )
    second = models.ForeignKey(
        Zone, on_delete=models.CASCADE, related_name="+", verbose_name=_("to")
    )
    minutes = models.PositiveSmallIntegerField(_("minutes"), validators=[MaxValueValidator(180)])
    illustrative = models.BooleanField(
        _("illustrative"), default=False, help_text=_("Not published by anybody; an assumption.")
    )

    class Meta:
        verbose_name = _("walking time")
        verbose_name_plural = _("walking times")
        ordering: ClassVar = ["first", "second"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["first", "second"], name="one_walk_between_zones"),
            models.CheckConstraint(condition=~Q(first=F("second")), name="walk_goes_elsewhere"),
        ]

    def __str__(self) -> str:
        return f"{self.first} - {self.second}"


class Room(Timestamped):
    """A room that sessions take place in. `code` is what signs, feeds and addresses use."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    venue = models.ForeignKey(
        Venue, on_delete=models.PROTECT, related_name="rooms", verbose_name=_("venue")
    )
    zone = models.ForeignKey(
        Zone, on_delete=models.PROTECT, related_name="rooms", verbose_name=_("zone")
    )
    code = models.CharField(
        _("code"),
        max_length=20,
        unique=True,
        validators=[ROOM_CODE],
        help_text=_("Short and lasting: it stands in addresses and feeds."),
    )
    name = models.CharField(_("name"), max_length=120)
    capacity = models.PositiveIntegerField(
        _("capacity"), validators=[MinValueValidator(1)], help_text=_("Seats for one session.")
    )
    booths = models.PositiveSmallIntegerField(
        _("interpreters' booths"), default=0, help_text=_("One language needs one booth.")
    )
    step_free = models.BooleanField(_("step-free"), default=True)
    plan_x = models.PositiveSmallIntegerField(
        _("place on the plan, across"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("0 is the left edge of the schematic plan, 100 the right edge."),
    )
    plan_y = models.PositiveSmallIntegerField(
        _("place on the plan, down"),
        default=50,
        validators=[MaxValueValidator(100)],
        help_text=_("0 is the top of the schematic plan, 100 the bottom."),
    )
    illustrative = models.BooleanField(
        _("illustrative"), default=False, help_text=_("Not published by anybody; an assumption.")
    )

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering: ClassVar = ["venue", "code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(capacity__gt=0), name="room_has_seats"),
        ]

    def __str__(self) -> str:
        return self.name


class RoomClosureQuerySet(models.QuerySet["RoomClosure"]):
    def overlapping(self, start: datetime, end: datetime) -> Self:
        """Closures that share at least an instant with [start, end); aware UTC."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class RoomClosure(Timestamped):
    """A room that cannot be used for a while."""

    room = models.ForeignKey(
        Room, on_delete=models.CASCADE, related_name="closures", verbose_name=_("room")
    )
    starts_at = models.DateTimeField(_("closed from"), validators=[check_year])
    ends_at = models.DateTimeField(_("closed until"), validators=[check_year])
    reason = models.CharField(
        _("reason"), max_length=200, help_text=_("Organisers read it beside the clash it causes.")
    )

    objects = RoomClosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("room closure")
        verbose_name_plural = _("room closures")
        ordering: ClassVar = ["starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="closure_ends_after_it_starts",
                violation_error_message=_("A closure ends after it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room}: {self.reason}"
