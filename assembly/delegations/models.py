"""INTERPOL's members, and one delegation of each at an Assembly."""

import uuid
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from assembly.core.models import Timestamped
from assembly.delegations.choices import Region
from assembly.editions.models import Assembly


class MemberCountry(Timestamped):
    """A member of INTERPOL. Its names are diplomacy, so organisers edit every one of them."""

    code = models.CharField(
        _("code"),
        max_length=2,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters."))],
        help_text=_("ISO 3166-1 code with two letters."),
    )
    name = models.CharField(_("name"), max_length=120)
    region = models.CharField(_("region"), max_length=30, choices=Region.choices)
    member_since = models.DateField(_("member since"), null=True, blank=True)

    class Meta:
        verbose_name = _("member country")
        verbose_name_plural = _("member countries")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Delegation(Timestamped):
    """A member at one Assembly."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assembly = models.ForeignKey(
        Assembly, on_delete=models.CASCADE, related_name="delegations", verbose_name=_("Assembly")
    )
    country = models.ForeignKey(
        MemberCountry,
        on_delete=models.PROTECT,
        related_name="delegations",
        verbose_name=_("country"),
    )

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering: ClassVar = ["assembly", "country"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["assembly", "country"],
                name="one_delegation_for_a_member",
                violation_error_message=_("This country already has a delegation."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.country)
