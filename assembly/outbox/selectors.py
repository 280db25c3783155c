"""What the log of outgoing mail shows: one message with all that came of it, suppressions."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Expression, QuerySet, Value, When

from assembly.outbox import policies
from assembly.outbox.choices import State
from assembly.outbox.models import DeliveryAttempt, Message, Suppression


@dataclass(frozen=True)
class Dossier:
    """One message, its tries, the mails that repeat it, and what bars its address."""

    message: Message
    tries: list[DeliveryAttempt]
    copies: list[Message]
    suppression: Suppression | None

    @property
    def seen(self) -> str:
        """What a decision rests on. It differs as soon as somebody decided or something was sent,
        so a page that is out of date, or a second click, can be told."""
        return f"{self.message.state} {self.message.attempts} {len(self.copies)}"


def dossier(message: Message) -> Dossier:
    return Dossier(
        message=message,
        tries=list(message.tries.all()),
        copies=list(_copies(message).order_by("created_at", "pk")),
        suppression=Suppression.objects.standing().filter(email__iexact=message.to_email).first(),
    )


def _copies(message: Message) -> QuerySet[Message]:
    """What went out because somebody sent this again; `services.resend` makes the keys."""
    key = f"{message.dedupe_key[:150]}:again:"
    found = Message.objects.filter(dedupe_key__startswith=key, to_email=message.to_email)
    return found.exclude(pk=message.pk).only("uuid", "state", "held", "created_at")


def open_subject() -> Expression:
    """The subject to search and to sort by: empty where it may hold a code somebody signs in with.

    Whoever could search it would guess the code letter by letter.
    """
    return Case(When(sensitive=True, then=Value("")), default="subject")


def undecided(user: Any) -> int:
    """How many messages wait for somebody to say whether they go again."""
    found = Message.objects.visible_to(user).filter(state=State.UNCERTAIN, sensitive=False)
    return found.count()


def suppressions(user: Any) -> QuerySet[Suppression]:
    """Suppressed addresses; those of protected people need a permission."""
    found = Suppression.objects.all()
    return found if policies.can_see_protected(user) else found.filter(protected=False)
