from django.db import models
from django.utils.translation import gettext_lazy as _


class Region(models.TextChoices):
    """INTERPOL's regions, as its list of members names them."""

    AFRICA = "Africa", _("Africa")
    AMERICAS = "Americas", _("Americas")
    ASIA = "Asia and South Pacific", _("Asia and South Pacific")
    EUROPE = "Europe", _("Europe")


class State(models.TextChoices):
    """Where a delegation stands with its invitation."""

    PLANNED = "planned", _("Not invited yet")
    INVITED = "invited", _("Invited")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")


class Credentials(models.TextChoices):
    MISSING = "missing", _("Missing")
    RECEIVED = "received", _("Received")
    ACCEPTED = "accepted", _("Accepted")


class Verdict(models.TextChoices):
    """What an import would do with a row."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    FAULTY = "faulty", _("Faulty")


class BatchState(models.TextChoices):
    PREVIEW = "preview", _("To be confirmed")
    QUEUED = "queued", _("Being imported")
    DONE = "done", _("Imported")
    REFUSED = "refused", _("Refused")
