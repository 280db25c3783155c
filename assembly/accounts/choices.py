"""The roles. Each is a group of this name; what it may do stands in `roles.py`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ORGANISER = "organiser", _("Organiser")
    EDITOR = "programme_editor", _("Programme editor")
    PRESS_OFFICER = "press_officer", _("Press officer")
    VETTER = "vetter", _("Vetter")
    AIRSPACE_OFFICER = "airspace_officer", _("Airspace officer")
    GATE_STAFF = "gate_staff", _("Gate staff")
    FOCAL_POINT = "focal_point", _("Focal point")
    DELEGATE = "delegate", _("Delegate")


STAFF_ROLES = frozenset(
    {
        Role.ORGANISER,
        Role.EDITOR,
        Role.PRESS_OFFICER,
        Role.VETTER,
        Role.AIRSPACE_OFFICER,
        Role.GATE_STAFF,
    }
)
