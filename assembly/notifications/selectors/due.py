"""Whether a reminder is still true in the moment it leaves."""

from django.db.models import F, OuterRef, Q, Subquery

from assembly.notifications.models import Reminder
from assembly.programme.choices import Status
from assembly.programme.models import Revision


def still_true(messages: list[int]) -> set[int]:
    """Of these messages, by key, those whose session still starts then and there.

    The outbox asks in the transaction that lets the mail go; one query.
    """
    newest = Revision.objects.filter(assembly=OuterRef("assembly")).order_by("-number")
    published = Q(
        session__published__revision=Subquery(newest.values("pk")[:1]),
        session__published__starts_at=F("starts_at"),
        session__published__room_code=F("room_code"),
        session__published__status=Status.CONFIRMED,
    )
    reminders = Reminder.objects.filter(message__in=messages)
    true = reminders.filter(published | Q(session__isnull=True))
    return set(true.values_list("message", flat=True).distinct())
