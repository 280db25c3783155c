"""The outbox of a farm, by way of its clerk: mails are queued, counted and reported on."""

from datetime import timedelta
from typing import Any, Final
from uuid import uuid4

from django.utils import timezone

from assembly.core.queue import run_after_commit
from assembly.outbox.choices import InDoubt, Priority
from assembly.outbox.letters import compose
from assembly.outbox.models import DeliveryAttempt, Message, Suppression
from assembly.outbox.recipients import Recipient
from assembly.outbox.services import AGAIN, PUMP, Parcel, enqueue_many

TEMPLATE: Final = "account/email/login_code"
KINDS: Final[dict[str, dict[str, Any]]] = {
    "reminders": {"priority": Priority.NORMAL, "when_in_doubt": InDoubt.RESEND},
    "announcements": {"priority": Priority.BULK, "when_in_doubt": InDoubt.ASK},
}

# Reminders are looked at once more before they leave, as if an organiser had sent them again.
KNOWN_AS: Final = {"reminders": "notifications/email/reminder", "announcements": TEMPLATE}


def fill(count: int, kind: str, word: str = "to", expires_in: float | None = None) -> None:
    """Queue mails that are due at once. `word` tells the mail server how to receive them."""
    now = timezone.now()
    expires_at = now + timedelta(seconds=expires_in) if expires_in else None
    letter = compose(TEMPLATE, "en", {"code": "ABC-123"}, personal=["name"])
    run = uuid4().hex[:8]
    enqueue_many(
        (
            Parcel(
                Recipient(f"{word}.{kind}.{run}.{number}@example.org", f"Number {number}"),
                letter.to({"name": f"Number {number}"}),
                f"{run}{AGAIN}{number}",
                KNOWN_AS[kind],
                expires_at=expires_at,
            )
            for number in range(count)
        ),
        not_before=now,
        **KINDS[kind],
    )


def wake(times: int) -> None:
    """What a commit does, so many times."""
    for _ in range(times):
        run_after_commit(PUMP)


def waiting() -> int:
    """How many have not come to their end."""
    return Message.objects.waiting().count()


def report() -> list[dict[str, Any]]:
    """Each message: its Message-ID, where it is, and whether a person is asked when in doubt."""
    suppressed = set(Suppression.objects.standing().values_list("email", flat=True))
    return [
        {
            "id": f"<{message.uuid}@localhost>",
            "to": message.to_email,
            "state": message.state,
            "asks": message.when_in_doubt == InDoubt.ASK,
            "suppressed": message.to_email in suppressed,
        }
        for message in Message.objects.order_by("pk")
    ]


def clear() -> None:
    DeliveryAttempt.objects.all().delete()
    Message.objects.all().delete()
    Suppression.objects.all().delete()
