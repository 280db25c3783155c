"""The words of notifications."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class When(models.TextChoices):
    """What a reminder's time is counted from."""

    BEFORE = "before", _("Before each session")
    EVENING = "evening", _("On the evening before day 1")


class Why(models.TextChoices):
    """Why somebody is reminded; the first that fits is what the mail says."""

    SPEAKS = "speaks", _("You take part in this session.")
    MANDATORY = "mandatory", _("You are expected at this session.")
    MEDIA = "media", _("You are accredited, and this session is open to media.")
    SAVED = "saved", _("You saved this session.")
    COMES = "comes", _("You come to the General Assembly.")


class ReminderState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    QUEUED = "queued", _("Handed to the outbox")
    MISSED = "missed", _("Not of use any more")


class Kind(models.TextChoices):
    """What a message is, as the inbox groups them."""

    REMINDER = "reminder", _("Reminder")
    CHANGE = "change", _("Change of the programme")
    ANNOUNCEMENT = "announcement", _("Announcement")
    SAFETY = "safety", _("Safety message")


class AnnouncementState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    CONFIRMED = "confirmed", _("Confirmed")
    PAUSED = "paused", _("Paused")
    CANCELLED = "cancelled", _("Cancelled")


class Group(models.TextChoices):
    """Whom an announcement may be for, by what they are at the Assembly."""

    DELEGATE = "delegate", _("Delegates")
    HEAD = "head", _("Heads of delegation")
    OBSERVER = "observer", _("Observers")
    SPEAKER = "speaker", _("Speakers")
    MEDIA = "media", _("Media")
    STAFF = "staff", _("Staff")
    FOCAL_POINT = "focal_point", _("Focal points")


class AlertKind(models.TextChoices):
    """What organisers are warned of."""

    OLD = "old", _("Mail waits longer than it should")
    FAILING = "failing", _("Many mails fail")
    SILENT = "silent", _("Nothing sends mail at the moment")


class WordingKey(models.TextChoices):
    """The mails whose words organisers may change."""

    REMINDER = "reminder", _("Reminder before a session")
    EVENING = "evening", _("Evening before day 1")
    CHANGES = "changes", _("Changes of the programme")
