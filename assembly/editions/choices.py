from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PLANNING = "planning", _("Planning")
    LIVE = "live", _("Live")
    ARCHIVED = "archived", _("Archived")


class RecordKind(models.TextChoices):
    FIGURE = "figure", _("Figure")
    DECISION = "decision", _("Decision")
    ELECTION = "election", _("Election")
