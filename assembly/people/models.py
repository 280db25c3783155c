"""A person is entered once; in which capacity they come is said for each Assembly."""

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assembly.accounts.models import User
from assembly.core.models import Timestamped
from assembly.editions.models import Assembly
from assembly.people import rules
from assembly.people.choices import CapacityKind


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Organisers and editors see people; protected ones need a permission of their own."""
        if not user.has_perm("people.view_person"):
            return self.none()
        return self if user.has_perm("people.see_protected") else self.filter(protected=False)


class Person(Timestamped):
    """Somebody who comes. Names stand as on the identity document; `display_name` is for pages.

    `renamed_at` moves with everything that pages show of the person, so that pages kept in memory
    are made anew. An erased person keeps the row and loses every fact.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("sign-in"),
    )
    given_name = models.CharField(
        _("given names"), max_length=120, blank=True, help_text=_("As on the identity document.")
    )
    family_name = models.CharField(
        _("family name"), max_length=120, blank=True, help_text=_("As on the identity document.")
    )
    display_name = models.CharField(
        _("name on pages"), max_length=200, help_text=_("As the person is introduced.")
    )
    email = models.EmailField(
        _("e-mail address"),
        blank=True,
        help_text=_("Colleagues may share one; some people have none."),
    )
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="en"
    )
    protected = models.BooleanField(
        _("protected"),
        default=False,
        help_text=_("Appears nowhere but for people with the explicit permission."),
    )
    name_key = models.CharField(max_length=260, editable=False, db_index=True)
    renamed_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering: ClassVar = ["family_name", "given_name", "pk"]
        permissions: ClassVar = [("see_protected", "See protected people")]

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.normalise()
        super().save(*args, **kwargs)

    @property
    def mail_key(self) -> str:
        """Under which the outbox keeps mail to somebody who has no account."""
        return f"person-{self.uuid}"

    def normalise(self) -> None:
        """Bring what is compared into its one form; `save` does it, bulk writes call it."""
        self.name_key = rules.name_key(self.given_name, self.family_name)
        self.email = self.email.strip().lower()


class CapacityQuerySet(models.QuerySet["Capacity"]):
    def live(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def held_at(self, assembly: Assembly) -> Self:
        return self.live().filter(assembly=assembly)


class Capacity(Timestamped):
    """In which capacity a person comes to one Assembly. One is live, unless overridden."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="capacities", verbose_name=_("person")
    )
    assembly = models.ForeignKey(
        Assembly, on_delete=models.CASCADE, related_name="capacities", verbose_name=_("Assembly")
    )
    kind = models.CharField(_("comes as"), max_length=10, choices=CapacityKind.choices)
    override_reason = models.CharField(
        _("why a second capacity"),
        max_length=300,
        blank=True,
        help_text=_("Only for somebody who already comes in another capacity."),
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = CapacityQuerySet.as_manager()

    class Meta:
        verbose_name = _("capacity of a person")
        verbose_name_plural = _("capacities of people")
        ordering: ClassVar = ["assembly", "kind"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "assembly"],
                condition=Q(ended_at__isnull=True, override_reason=""),
                name="one_live_capacity",
                violation_error_message=_("This person already comes in another capacity."),
            ),
            models.UniqueConstraint(
                fields=["person", "assembly", "kind"],
                condition=Q(ended_at__isnull=True),
                name="each_capacity_once",
                violation_error_message=_("This person already comes in this capacity."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


def latest_rename() -> models.QuerySet[Person, datetime]:
    """A subquery for the moment a name last changed; the index makes it one step."""
    return Person.objects.order_by("-renamed_at").values_list("renamed_at", flat=True)[:1]
