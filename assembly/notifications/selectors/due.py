"""Whether a reminder is still true in the moment it leaves."""

from django.db import connection
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from assembly.editions.models import Assembly
from assembly.notifications.models import Reminder
from assembly.outbox.models import Message
from assembly.outbox.services import AGAIN
from assembly.programme.choices import Listing, Status
from assembly.programme.models import Revision


def still_true(messages: list[int]) -> set[int]:
    """Of these messages, by key, those that may leave.

    A reminder may while its session still starts then and there and is shown to somebody, the one
    of the evening before while nothing was published since it was written. One that nobody wants
    any more has no row. What an organiser sent once more is theirs to judge.

    The outbox asks in the transaction that lets the mail go. A publication holds the Assembly's row
    until it commits, so this waits for it and sees what it did.
    """
    _wait_for_publications()
    newest = Revision.objects.filter(assembly=OuterRef("assembly")).order_by("-number")
    published = Q(
        session__published__revision=Subquery(newest.values("pk")[:1]),
        session__published__starts_at=F("starts_at"),
        session__published__room_code=F("room_code"),
        session__published__status=Status.CONFIRMED,
    )
    hidden = Q(session__published__listing=Listing.ORGANISERS) | Q(
        session__published__embargo_until__gt=timezone.now()
    )
    written = Q(
        session__isnull=True,
        message__created_at__gte=Subquery(newest.values("published_at")[:1]),
    )
    reminders = Reminder.objects.filter(message__in=messages)
    true = reminders.filter((published & ~hidden) | written)
    again = Message.objects.filter(pk__in=messages, dedupe_key__contains=AGAIN)
    return {
        *true.values_list("message", flat=True).distinct(),
        *again.values_list("pk", flat=True),
    }


def _wait_for_publications() -> None:
    """Share the row that whoever publishes locks. SQLite lets one writer in at a time anyway."""
    if connection.vendor != "postgresql":
        return
    table = connection.ops.quote_name(Assembly._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE is_current FOR SHARE")  # noqa: S608  ours
