"""The words of the programme."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SessionKind(models.TextChoices):
    CEREMONY = "ceremony", _("Ceremony")
    ADDRESS = "address", _("Address")
    PLENARY = "plenary", _("Plenary")
    ELECTION = "election", _("Election")
    PANEL = "panel", _("Panel")
    BRIEFING = "briefing", _("Media briefing")
    PRESS_CONFERENCE = "press_conference", _("Press conference")
    REGIONAL = "regional_meeting", _("Regional meeting")
    BILATERAL = "bilateral", _("Bilateral meeting")
    BREAK = "break", _("Break")
    SOCIAL = "social", _("Social event")


class Anchor(models.TextChoices):
    """The two sessions everything else lies between."""

    OPENING = "opening", _("Opens the Assembly")
    CLOSING = "closing", _("Closes the Assembly")


class Listing(models.TextChoices):
    """Who may see that a session exists."""

    PUBLIC = "public", _("Everybody")
    DELEGATES = "delegates", _("Delegates")
    NAMED = "named", _("People and delegations named on it")
    ORGANISERS = "organisers", _("Organisers")


class Audience(models.TextChoices):
    """Who may attend."""

    DELEGATES = "delegates", _("All delegates")
    HEADS = "heads", _("Heads of delegation")
    REGION = "region", _("One region")
    NAMED = "named", _("Named delegations")
    MEDIA = "media", _("Media")


class Mandatory(models.TextChoices):
    NOBODY = "", _("Nobody")
    DELEGATES = "delegates", _("All delegates")
    HEADS = "heads", _("Heads of delegation")
    REGION = "region", _("The region")
    NAMED = "named", _("The named delegations")


class MediaAccess(models.TextChoices):
    CLOSED = "closed", _("Closed to media")
    OPEN = "open", _("Open to media")
    POOL = "pool", _("Media pool")


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    CONFIRMED = "confirmed", _("Confirmed")
    CANCELLED = "cancelled", _("Cancelled")


class Role(models.TextChoices):
    CHAIR = "chair", _("Chair")
    SPEAKER = "speaker", _("Speaker")
    MODERATOR = "moderator", _("Moderator")
    PANELLIST = "panellist", _("Panellist")
    CANDIDATE = "candidate", _("Candidate")
    INTERPRETER = "interpreter", _("Interpreter")


class Level(models.TextChoices):
    BLOCKS = "blocks", _("Blocks publishing")
    WARNS = "warns", _("Warning")


class Rule(models.TextChoices):
    """The clash rules. The label is the sentence an organiser reads."""

    ROOM_GONE = "room_gone", _("%(sessions)s: there is no room “%(room)s” any more.")
    ROOM_TWICE = "room_twice", _("%(room)s is used twice at the same time: %(sessions)s.")
    ROOM_CLOSED = "room_closed", _("%(room)s is closed during %(sessions)s: %(reason)s.")
    OVER_CAPACITY = (
        "over_capacity",
        _("%(sessions)s: %(expected)s people expected, %(room)s seats %(capacity)s."),
    )
    NEARLY_FULL = (
        "nearly_full",
        _("%(sessions)s: %(expected)s people expected in %(room)s with %(capacity)s seats."),
    )
    TWO_PLACES = "two_places", _("%(person)s is in two places at once: %(sessions)s.")
    LONE_DELEGATE = (
        "lone_delegate",
        _("%(sessions)s are mandatory at the same time for delegations of one: %(delegations)s."),
    )
    SHORT_WALK = (
        "short_walk",
        _("%(person)s has %(gap)s minutes for a walk of %(walk)s between %(sessions)s."),
    )
    OPENING_FIRST = "opening_first", _("%(sessions)s: the opening ceremony comes first.")
    CLOSING_LAST = "closing_last", _("%(sessions)s: the closing ceremony comes last.")
    OUT_OF_ORDER = "out_of_order", _("%(sessions)s: the first must come after the second.")
    OUTSIDE_DAYS = "outside_days", _("%(sessions)s is outside the days of the Assembly.")
    SHORT_TURNAROUND = (
        "short_turnaround",
        _("%(room)s has %(gap)s minutes between %(sessions)s; allow 15."),
    )
    MEDIA_UNLISTED = (
        "media_unlisted",
        _("%(sessions)s invites media but is not listed for everybody."),
    )
    POOL_TOO_LARGE = (
        "pool_too_large",
        _("%(sessions)s: a pool of %(places)s in %(room)s with %(capacity)s seats."),
    )
    TOO_FEW_BOOTHS = (
        "too_few_booths",
        _("%(sessions)s: %(languages)s languages interpreted, %(room)s has %(booths)s booths."),
    )


class ChangeKind(models.TextChoices):
    """What a change is called in the change log."""

    ADDED = "added", _("New")
    REMOVED = "removed", _("Removed")
    CANCELLED = "cancelled", _("Cancelled")
    REINSTATED = "reinstated", _("Takes place again")
    RETIMED = "retimed", _("Time changed")
    MOVED = "moved", _("Room changed")
    TEXT = "text", _("Text changed")
    PEOPLE = "people", _("People changed")
    DETAILS = "details", _("Details changed")
