from django.db import models
from django.utils.translation import gettext_lazy as _


class CapacityKind(models.TextChoices):
    DELEGATE = "delegate", _("Delegate")
    MEDIA = "media", _("Media")
    SPEAKER = "speaker", _("Speaker")
    OBSERVER = "observer", _("Observer")
    STAFF = "staff", _("Staff")


# Who sees sessions that are listed for delegates.
DELEGATE_LISTING = (CapacityKind.DELEGATE, CapacityKind.OBSERVER, CapacityKind.STAFF)
