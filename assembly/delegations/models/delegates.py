"""A person in a delegation."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from assembly.accounts.models import User
from assembly.core.models import Timestamped
from assembly.core.validators import check_year
from assembly.delegations.models.delegations import Delegation
from assembly.editions.models import Assembly
from assembly.people.models import Capacity, Person


def private_storage() -> Storage:
    """Where no web server looks: photos are handed out by a view that asks who is asking."""
    return storages["private"]


def photo_path(delegate: "Delegate", _filename: str) -> str:
    """A name that says nothing, and a new one for each upload."""
    return f"photos/{uuid.uuid4().hex}.jpg"


class DelegateQuerySet(models.QuerySet["Delegate"]):
    def active(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)

    def of(self, assembly: Assembly) -> Self:
        return self.filter(delegation__assembly=assembly)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All for staff who may, else those of delegations the user is focal point of now.

        Protected people need a permission of their own, also in one's own delegation.
        """
        if user.has_perm("delegations.view_delegate"):
            found = self
        else:
            found = self.filter(delegation__in=Delegation.objects.kept_by(user))
        if user.has_perm("people.see_protected"):
            return found
        return found.filter(person__protected=False)

    def named_in_order(self) -> Self:
        """Heads first, then by name."""
        return self.order_by("-is_head", "person__family_name", "person__given_name", "pk")


class Delegate(Timestamped):
    """A person in one delegation, through the one capacity they have at the Assembly.

    Withdrawn delegates keep their row; who comes again later gets a new one.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    delegation = models.ForeignKey(
        Delegation,
        on_delete=models.CASCADE,
        related_name="delegates",
        verbose_name=_("delegation"),
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="delegates", verbose_name=_("person")
    )
    capacity = models.OneToOneField(Capacity, on_delete=models.PROTECT, related_name="delegate")
    is_head = models.BooleanField(_("head of delegation"), default=False)
    function = models.CharField(_("function"), max_length=160, blank=True)
    badge_name = models.CharField(_("name on the badge"), max_length=200)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    arrives_at = models.DateTimeField(_("arrival"), null=True, blank=True, validators=[check_year])
    departs_at = models.DateTimeField(
        _("departure"), null=True, blank=True, validators=[check_year]
    )
    dietary = models.CharField(_("dietary needs"), max_length=300, blank=True)
    access_needs = models.CharField(_("access needs"), max_length=300, blank=True)
    photo = models.FileField(
        _("photo"), storage=private_storage, upload_to=photo_path, max_length=100, blank=True
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)

    objects = DelegateQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegate")
        verbose_name_plural = _("delegates")
        ordering: ClassVar = ["delegation", "-is_head", "pk"]
        permissions: ClassVar = [
            ("import_delegates", "Import delegates from a file"),
            ("issue_code", "Hand out sign-in codes"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["delegation"],
                condition=Q(is_head=True, withdrawn_at__isnull=True),
                name="one_head_of_a_delegation",
                violation_error_message=_("The delegation has a head already."),
            ),
            models.CheckConstraint(
                condition=Q(arrives_at__isnull=True)
                | Q(departs_at__isnull=True)
                | Q(departs_at__gt=F("arrives_at")),
                name="delegate_leaves_after_coming",
                violation_error_message=_("The departure must come after the arrival."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)  # no name: the person may be protected

    @property
    def language_names(self) -> list[str]:
        names = dict(settings.LANGUAGES)
        return [str(names[code]) for code in self.languages if code in names]
