from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class Why(models.TextChoices):
    """Why a session stands in somebody's schedule."""

    SPEAKS = "speaks", _("You take part")
    MANDATORY = "mandatory", _("You are expected")
    SAVED = "saved", _("Saved by you")


class Topic(models.TextChoices):
    """What somebody may choose not to get by mail. Safety messages are not among them."""

    REMINDERS = "reminders", _("Reminders before sessions")
    CHANGES = "changes", _("Changes of the programme")
    ANNOUNCEMENTS = "announcements", _("Announcements of the organisers")


LEADS: Final = (0, 10, 15, 30, 45, 60, 90, 120)


def lead_choices() -> list[tuple[str, str]]:
    """How long before a session somebody wants to be reminded; minutes, "" is the usual."""
    words = ngettext_lazy("%(count)s minute before", "%(count)s minutes before", "count")
    leads = [(str(lead), str(words % {"count": lead})) for lead in LEADS if lead]
    return [("", str(_("As the organisers set it"))), *leads, ("0", str(_("No reminders")))]
