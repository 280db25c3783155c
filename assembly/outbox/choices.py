from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a message is. Its life: queued, leased by a pump, sending, and one of the rest."""

    QUEUED = "queued", _("Queued")
    LEASED = "leased", _("Taken by a sender")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Dropped")
    UNCERTAIN = "uncertain", _("Perhaps sent")


class Outcome(models.TextChoices):
    ACCEPTED = "accepted", _("Accepted by the mail server")
    LATER = "later", _("Refused for now")
    REFUSED = "refused", _("Refused for good")
    IN_DOUBT = "in_doubt", _("Nobody knows")


class Phase(models.TextChoices):
    """How far a delivery came (RFC 5321). Only after the final dot is its end in doubt."""

    CONNECT = "connect", _("connecting")
    SENDER = "sender", _("naming the sender")
    RECIPIENT = "recipient", _("naming the recipient")
    DATA = "data", _("handing over the text")
    DOT = "dot", _("after the text")


class InDoubt(models.TextChoices):
    """What becomes of a message of which nobody knows whether it was accepted."""

    RESEND = "resend", _("Send it again")
    ASK = "ask", _("Let a person decide")


class Priority(models.IntegerChoices):
    """Lower goes first: somebody waits for a sign-in code, nobody for an announcement."""

    URGENT = 10, _("Urgent")
    NORMAL = 50, _("Normal")
    BULK = 90, _("Bulk")
