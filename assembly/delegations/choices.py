from django.db import models
from django.utils.translation import gettext_lazy as _


class Region(models.TextChoices):
    """INTERPOL's regions, as its list of members names them."""

    AFRICA = "Africa", _("Africa")
    AMERICAS = "Americas", _("Americas")
    ASIA = "Asia and South Pacific", _("Asia and South Pacific")
    EUROPE = "Europe", _("Europe")
