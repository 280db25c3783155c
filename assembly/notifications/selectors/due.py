"""Whether a reminder is still true in the moment it leaves."""

from typing import Any, Final

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from assembly.core.compiled import CompiledQuery
from assembly.editions.models import Assembly
from assembly.outbox.models import Message
from assembly.outbox.services import AGAIN
from assembly.programme.choices import Listing, Status
from assembly.programme.models import Revision

SHOWN: Final = [listing.value for listing in Listing if listing is not Listing.ORGANISERS]


def still_true(messages: list[int]) -> set[int]:
    """Of these messages, by key, those that may leave; one query each, built once.

    A reminder may while its session still starts then and there and is shown to somebody, the one
    of the evening before while nothing was published since it was written. One that nobody wants
    any more has no row. What an organiser sent once more is theirs to judge.

    The outbox asks in the transaction that lets the mail go. A publication holds the Assembly's row
    until it commits, so this waits for it and sees what it did.
    """
    _wait_for_publications()
    return {message for message in messages if _TRUE.rows(message=message)}


def _true(message: Any) -> QuerySet[Message, Any]:
    newest = Revision.objects.filter(assembly=OuterRef("reminder__assembly")).order_by("-number")
    published = "reminder__session__published"
    at_its_time = Q(
        **{
            f"{published}__revision": Subquery(newest.values("pk")[:1]),
            f"{published}__starts_at": F("reminder__starts_at"),
            f"{published}__room_code": F("reminder__room_code"),
            f"{published}__status": Status.CONFIRMED,
            f"{published}__listing__in": SHOWN,
        }
    )
    is_open = Q(**{f"{published}__embargo_until__isnull": True}) | Q(
        **{f"{published}__embargo_until__lte": Now()}
    )
    of_the_evening = Q(
        reminder__isnull=False,
        reminder__session__isnull=True,
        created_at__gte=Subquery(newest.values("published_at")[:1]),
    )
    again = Q(dedupe_key__contains=AGAIN)
    found = Message.objects.filter((at_its_time & is_open) | of_the_evening | again, pk=message)
    return found.order_by().values_list("pk")[:1]


_TRUE: Final = CompiledQuery(_true, "message")


def _wait_for_publications() -> None:
    """Share the row that whoever publishes locks. SQLite lets one writer in at a time anyway."""
    if connection.vendor != "postgresql":
        return
    table = connection.ops.quote_name(Assembly._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE is_current FOR SHARE")  # noqa: S608  ours
