"""The programme as organisers edit it. Nobody outside reads these rows."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assembly.core.codes import new_code
from assembly.core.models import Timestamped
from assembly.core.validators import check_year
from assembly.delegations.choices import Region
from assembly.delegations.models import Delegation
from assembly.editions.models import Assembly
from assembly.people.models import Person
from assembly.programme.choices import (
    Anchor,
    Audience,
    Listing,
    Mandatory,
    MediaAccess,
    Role,
    SessionKind,
    Status,
)
from venues.models import Room

LONGEST_SESSION = 16 * 60
SESSION_CODE = RegexValidator(r"^[0-9A-Z]{6}$", _("Six capital letters or digits."))


class SessionQuerySet(models.QuerySet["Session"]):
    def of(self, assembly: Assembly) -> Self:
        return self.filter(assembly=assembly)

    def confirmed(self) -> Self:
        return self.filter(status=Status.CONFIRMED)


class Session(Timestamped):
    """One item of the programme, as a draft. `code` and `uuid` never change.

    `version` grows with every save: a form that was opened before somebody else saved is refused.
    """

    assembly = models.ForeignKey(
        Assembly, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("Assembly")
    )
    code = models.CharField(
        _("code"),
        max_length=6,
        default=new_code,
        validators=[SESSION_CODE],
        help_text=_("Stands in addresses and calendars, so it stays for ever."),
    )
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=Status.choices,
        default=Status.DRAFT,
        help_text=_("Only confirmed sessions are published. A published one can be cancelled."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=SessionKind.choices)
    anchor = models.CharField(
        _("place in the Assembly"),
        max_length=10,
        choices=Anchor.choices,
        blank=True,
        help_text=_("Nothing else may come before the opening or after the closing."),
    )
    agenda_item = models.CharField(_("agenda item"), max_length=20, blank=True)
    document_reference = models.CharField(_("document reference"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=200)
    abstract = models.TextField(_("abstract"), max_length=4000, blank=True)
    theme = models.CharField(
        _("theme"), max_length=200, blank=True, help_text=_("What a panel is about, in one line.")
    )

    starts_at = models.DateTimeField(
        _("start"),
        null=True,
        blank=True,
        validators=[check_year],
        help_text=_("In the Assembly's time zone. Empty while nobody knows."),
    )
    minutes = models.PositiveSmallIntegerField(
        _("length in minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(LONGEST_SESSION)],
    )
    room = models.ForeignKey(
        Room,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sessions",
        verbose_name=_("room"),
    )
    must_follow = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("must follow"),
        help_text=_("A session that has to be over before this one starts."),
    )

    listing = models.CharField(
        _("who may see it"),
        max_length=12,
        choices=Listing.choices,
        default=Listing.ORGANISERS,
        help_text=_("Who may see that this session exists."),
    )
    audience = models.CharField(
        _("who may attend"), max_length=12, choices=Audience.choices, default=Audience.DELEGATES
    )
    region = models.CharField(_("region"), max_length=30, choices=Region.choices, blank=True)
    delegations = models.ManyToManyField(
        Delegation, blank=True, related_name="+", verbose_name=_("named delegations")
    )
    mandatory = models.CharField(
        _("mandatory for"),
        max_length=12,
        choices=Mandatory.choices,
        default=Mandatory.NOBODY,
        blank=True,
    )
    expected = models.PositiveIntegerField(_("expected attendance"), null=True, blank=True)
    embargo_until = models.DateTimeField(
        _("embargo until"),
        null=True,
        blank=True,
        validators=[check_year],
        help_text=_("Nobody but organisers sees the session before. It then appears by itself."),
    )

    media_access = models.CharField(
        _("media"), max_length=8, choices=MediaAccess.choices, default=MediaAccess.CLOSED
    )
    media_places = models.PositiveSmallIntegerField(
        _("places in the pool"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    media_call_minutes = models.PositiveSmallIntegerField(
        _("call time, minutes before"),
        null=True,
        blank=True,
        help_text=_("Media must be there at call time, not at the start."),
    )
    media_meeting_point = models.CharField(_("meeting point"), max_length=120, blank=True)
    media_escort = models.CharField(_("escort"), max_length=120, blank=True)
    illustrative = models.BooleanField(
        _("illustrative"),
        default=False,
        help_text=_("Time and room were not published by anybody; pages say so."),
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering: ClassVar = ["starts_at", "code"]
        permissions: ClassVar = [
            ("see_drafts", "See drafts, embargoed and organisers' sessions"),
            ("publish", "Publish the programme"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assembly", "code"],
                name="one_session_of_a_code",
                violation_error_message=_("Another session of this Assembly has this code."),
            ),
            models.UniqueConstraint(
                fields=["assembly", "anchor"],
                condition=~Q(anchor=""),
                name="one_opening_one_closing",
                violation_error_message=_("Another session already opens or closes the Assembly."),
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CONFIRMED)
                | Q(starts_at__isnull=False, minutes__isnull=False, room__isnull=False),
                name="confirmed_is_placed",
                violation_error_message=_(
                    "A confirmed session needs a start, a length and a room."
                ),
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__gt=0), name="session_has_length"
            ),
            models.CheckConstraint(
                condition=~Q(media_access=MediaAccess.POOL) | Q(media_places__isnull=False),
                name="pool_has_places",
                violation_error_message=_("A media pool needs a number of places."),
            ),
            models.CheckConstraint(
                condition=~Q(audience=Audience.REGION) | ~Q(region=""),
                name="regional_audience_names_its_region",
                violation_error_message=_("Choose the region that may attend."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ends_at(self) -> datetime | None:
        if self.starts_at is None or self.minutes is None:
            return None
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def is_placed(self) -> bool:
        return None not in (self.starts_at, self.minutes, self.room_id)


class Interpretation(models.Model):
    """A language a session is interpreted into, and the channel to listen on."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="interpretation")
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    channel = models.PositiveSmallIntegerField(
        _("channel"), validators=[MinValueValidator(1), MaxValueValidator(40)]
    )

    class Meta:
        verbose_name = _("interpreted language")
        verbose_name_plural = _("interpreted languages")
        ordering: ClassVar = ["channel"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "language"],
                name="each_language_once",
                violation_error_message=_("This language is there already."),
            ),
            models.UniqueConstraint(
                fields=["session", "channel"],
                name="one_language_on_a_channel",
                violation_error_message=_("This channel is taken."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_language_display()


class Participation(models.Model):
    """A person on a session: what they do there, in which order, and for whom they speak."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="participations")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="participations", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    affiliation = models.CharField(
        _("affiliation"), max_length=200, blank=True, help_text=_("Office or organisation.")
    )

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("people on the session")
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "person", "role"],
                name="each_role_once",
                violation_error_message=_("This person is there already in this role."),
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(role=Role.MODERATOR),
                name="one_moderator",
                violation_error_message=_("A session has one moderator."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_role_display()  # no name: the person may be protected
