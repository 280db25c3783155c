from django.db import models
from django.utils.translation import gettext_lazy as _


class Why(models.TextChoices):
    """Why a session stands in somebody's schedule."""

    SPEAKS = "speaks", _("You take part")
    MANDATORY = "mandatory", _("You are expected")
    SAVED = "saved", _("Saved by you")
