"""One delegation of a member or an observer at one Assembly."""

import uuid
from collections.abc import Collection
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assembly.accounts.choices import Role
from assembly.accounts.models import User
from assembly.core.models import Timestamped
from assembly.delegations.choices import Credentials, State
from assembly.delegations.models.members import MemberCountry, ObserverOrganisation
from assembly.delegations.rules import DEFAULT_SEATS
from assembly.editions.models import Assembly
from assembly.people.choices import CapacityKind


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def of(self, assembly: Assembly) -> Self:
        return self.filter(assembly=assembly)

    def with_codes(self, codes: Collection[str]) -> Self:
        """Those of the countries and organisations with these codes."""
        return self.filter(Q(country__code__in=codes) | Q(organisation__code__in=codes))

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All for those who keep delegations or look at them; else those the user is focal for."""
        if user.has_perm("delegations.view_delegation"):
            return self
        return self.kept_by(user)

    def kept_by(self, user: User | AnonymousUser) -> Self:
        """Those of the current Assembly the user is a focal point of, while they have the role."""
        if not isinstance(user, User) or Role.FOCAL_POINT not in user.roles:
            return self.none()
        return self.filter(focal_points=user, assembly__is_current=True)


class Delegation(Timestamped):
    """A member or an observer at one Assembly. `version` refuses a form that is out of date.

    `seats_taken` counts the delegates who were not withdrawn. Services move it in the same
    transaction as the delegate, and the database refuses more than there are seats.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    assembly = models.ForeignKey(
        Assembly, on_delete=models.CASCADE, related_name="delegations", verbose_name=_("Assembly")
    )
    country = models.ForeignKey(
        MemberCountry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="delegations",
        verbose_name=_("country"),
    )
    organisation = models.ForeignKey(
        ObserverOrganisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="delegations",
        verbose_name=_("observer organisation"),
        help_text=_("A delegation is of a country or of an organisation."),
    )
    state = models.CharField(
        _("invitation"), max_length=10, choices=State.choices, default=State.PLANNED
    )
    invited_at = models.DateTimeField(_("invited on"), null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered on"), null=True, blank=True, editable=False)
    seats = models.PositiveSmallIntegerField(
        _("seats"), default=DEFAULT_SEATS, validators=[MaxValueValidator(500)]
    )
    seats_taken = models.PositiveSmallIntegerField(_("seats taken"), default=0, editable=False)
    credentials = models.CharField(
        _("credentials"),
        max_length=10,
        choices=Credentials.choices,
        default=Credentials.MISSING,
        help_text=_("The letter that names the head and the delegates."),
    )
    may_vote = models.BooleanField(_("may vote"), default=True)
    voting_reason = models.CharField(
        _("reason"),
        max_length=200,
        blank=True,
        help_text=_("Why it may not vote, or why it may again."),
    )
    focal_points = models.ManyToManyField(
        User, blank=True, related_name="kept_delegations", verbose_name=_("focal points")
    )

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering: ClassVar = ["assembly", "country", "organisation"]
        permissions: ClassVar = [
            ("keep_delegations", "Keep the list of every delegation"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assembly", "country"],
                name="one_delegation_for_a_member",
                violation_error_message=_("This country already has a delegation."),
            ),
            models.UniqueConstraint(
                fields=["assembly", "organisation"],
                name="one_delegation_for_an_observer",
                violation_error_message=_("This organisation already has a delegation."),
            ),
            models.CheckConstraint(
                condition=Q(country__isnull=False, organisation__isnull=True)
                | Q(country__isnull=True, organisation__isnull=False),
                name="delegation_of_a_country_or_an_organisation",
                violation_error_message=_("Choose a country or an organisation, not both."),
            ),
            models.CheckConstraint(
                condition=Q(seats_taken__lte=F("seats")),
                name="seats_are_not_exceeded",
                violation_error_message=_("More delegates than that are named already."),
            ),
            models.CheckConstraint(
                condition=Q(may_vote=True) | ~Q(voting_reason="") | Q(organisation__isnull=False),
                name="no_vote_has_a_reason",
                violation_error_message=_("Say why this delegation may not vote."),
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | Q(may_vote=False),
                name="observers_do_not_vote",
                violation_error_message=_("Observers do not vote."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.party)

    @property
    def party(self) -> MemberCountry | ObserverOrganisation:
        """Whose delegation it is."""
        party = self.country or self.organisation
        assert party is not None  # by constraint
        return party

    @property
    def code(self) -> str:
        return self.party.code

    @property
    def region(self) -> str:
        """The country's region; observers have none."""
        return self.country.region if self.country else ""

    @property
    def seats_left(self) -> int:
        return self.seats - self.seats_taken

    @property
    def capacity_kind(self) -> str:
        """The capacity in which its members come."""
        return CapacityKind.OBSERVER if self.organisation_id else CapacityKind.DELEGATE
