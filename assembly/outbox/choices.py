from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    QUEUED = "queued", _("Queued")
    LEASED = "leased", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Dropped")


class Outcome(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted by the mail server")
    LATER = "later", _("Refused for now")
    REFUSED = "refused", _("Refused for good")


class Priority(models.IntegerChoices):
    """Lower goes first: somebody waits for a sign-in code, nobody for an announcement."""

    URGENT = 10, _("Urgent")
    NORMAL = 50, _("Normal")
    BULK = 90, _("Bulk")
