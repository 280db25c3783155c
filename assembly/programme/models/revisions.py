"""The programme as it was published: numbered revisions that never change.

Everything outside the organisers' pages reads these rows through
`PublishedSession.objects.visible_to(user)`.
"""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assembly.accounts.models import User
from assembly.delegations.models import Delegate, Delegation
from assembly.editions.models import Assembly
from assembly.people.choices import DELEGATE_LISTING
from assembly.people.models import Capacity, Person
from assembly.programme.choices import Listing
from assembly.programme.models.drafts import Session
from assembly.programme.payloads import CanonicalEncoder


class RevisionQuerySet(models.QuerySet["Revision"]):
    def of(self, assembly: Assembly) -> Self:
        return self.filter(assembly=assembly)

    def latest_first(self) -> Self:
        return self.order_by("-number")


class Revision(models.Model):
    """One publication. `places` freezes the rooms it names; `accepted` keeps warnings' reasons.

    `embargoes` holds the instants (ISO, UTC) at which one of its sessions becomes visible.
    """

    assembly = models.ForeignKey(
        Assembly, on_delete=models.PROTECT, related_name="revisions", verbose_name=_("Assembly")
    )
    number = models.PositiveIntegerField(_("number"))
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    tell = models.BooleanField(_("tell those concerned"), default=True)
    accepted = models.JSONField(_("accepted warnings"), default=dict)
    places = models.JSONField(default=dict)
    embargoes = models.JSONField(default=list)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assembly", "number"], name="one_revision_of_a_number"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class PublishedSessionQuerySet(models.QuerySet["PublishedSession"]):
    def visible_to(self, user: User | AnonymousUser, at: datetime | None = None) -> Self:
        """Sessions this user may know of, at this moment (now, unless told).

        By listing: everybody's; delegates' for whoever comes as delegate, observer or staff, and
        for focal points; named ones for the people on them and for the members and focal points
        of delegations on them; organisers' for those who see drafts.
        A session under embargo is nobody's but theirs.
        """
        if user.has_perm("programme.see_drafts"):
            return self
        allowed = Q(listing=Listing.PUBLIC)
        if isinstance(user, User):
            attends = Capacity.objects.live().filter(
                person__user=user,
                assembly=OuterRef("revision__assembly"),
                kind__in=DELEGATE_LISTING,
            )
            kept = Delegation.objects.kept_by(user)
            named = Person.objects.filter(user=user, named_on=OuterRef("pk"))
            theirs = Delegation.objects.filter(named_in=OuterRef("pk"))
            member = Delegate.objects.active().filter(person__user=user)
            allowed |= Q(
                Exists(attends) | Exists(kept.filter(assembly=OuterRef("revision__assembly"))),
                listing=Listing.DELEGATES,
            )
            allowed |= Q(
                Exists(named)
                | Exists(theirs.filter(delegates__in=member))
                | Exists(kept.filter(named_in=OuterRef("pk"))),
                listing=Listing.NAMED,
            )
        embargo_over = Q(embargo_until__isnull=True) | Q(embargo_until__lte=at or timezone.now())
        return self.filter(allowed & embargo_over)

    def in_latest(self, assembly: Assembly) -> Self:
        """The sessions of an Assembly's newest revision."""
        newest = Revision.objects.of(assembly).latest_first().values("pk")[:1]
        return self.filter(revision=Subquery(newest))

    def changed_in_their_revision(self) -> Self:
        return self.filter(changed_in=F("revision__number"))


class PublishedSession(models.Model):
    """One session in one revision. `payload` is the whole of it; columns are what is searched.

    `sequence`, `changed_in` and `changed_at` belong to the revision that last changed the
    session; `previous` is the version before that change.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="sessions")
    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="published")
    code = models.CharField(max_length=6)
    status = models.CharField(max_length=10)
    listing = models.CharField(max_length=12, choices=Listing.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    room_code = models.CharField(max_length=20)
    embargo_until = models.DateTimeField(null=True)
    payload = models.JSONField(encoder=CanonicalEncoder)
    sequence = models.PositiveIntegerField(default=0)
    changed_in = models.PositiveIntegerField()
    changed_at = models.DateTimeField()
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    named_people = models.ManyToManyField(Person, related_name="named_on")
    named_delegations = models.ManyToManyField(Delegation, related_name="named_in")

    objects = PublishedSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("published session")
        verbose_name_plural = _("published sessions")
        ordering: ClassVar = ["starts_at", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["revision", "code"], name="one_version_a_revision"),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.revision_id})"
