"""A person's messages, and how far an announcement has come."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from assembly.accounts.models import User
from assembly.notifications.models import Announcement, Notice
from assembly.outbox.choices import State
from assembly.outbox.models import Message


def unread_count(user: User, at: datetime) -> int:
    return Notice.objects.of(user).shown(at).unread().count()


@dataclass(frozen=True)
class Progress:
    """How many mails of an announcement are where; `inbox` is how many people get no mail."""

    sent: int
    waiting: int
    failed: int
    uncertain: int
    dropped: int
    inbox: int

    @property
    def total(self) -> int:
        return self.sent + self.waiting + self.failed + self.uncertain + self.dropped

    @property
    def is_over(self) -> bool:
        return self.waiting == 0


def progress(announcement: Announcement) -> Progress:
    """Two queries, however many recipients."""
    rows = Message.objects.filter(batch=announcement.batch).order_by().values("state")
    counts = {row["state"]: row["n"] for row in rows.annotate(n=Count("pk"))}
    waiting = [State.QUEUED, State.LEASED, State.SENDING]
    return Progress(
        sent=counts.get(State.SENT, 0),
        waiting=sum(counts.get(state, 0) for state in waiting),
        failed=counts.get(State.FAILED, 0),
        uncertain=counts.get(State.UNCERTAIN, 0),
        dropped=counts.get(State.CANCELLED, 0),
        inbox=Notice.objects.filter(announcement=announcement, message__isnull=True).count(),
    )
