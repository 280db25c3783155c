"""Who sends a delegation: INTERPOL's members, and organisations that observe."""

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from assembly.core.models import Timestamped
from assembly.delegations.choices import Region


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


class ObserverOrganisation(Timestamped):
    """An international organisation that observes. Three characters or more, unlike a country."""

    code = models.CharField(
        _("code"),
        max_length=12,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Z0-9-]{3,12}$", _("3 to 12 capital letters, digits or hyphens."))
        ],
        help_text=_("Its usual short name, for example EUROPOL."),
    )
    name = models.CharField(_("name"), max_length=160)

    class Meta:
        verbose_name = _("observer organisation")
        verbose_name_plural = _("observer organisations")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name
