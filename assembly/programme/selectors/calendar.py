"""Sessions as calendars show them."""

from django.conf import settings
from django.urls import reverse

from assembly.programme import ical
from assembly.programme.selectors.items import Item


def entry_of(item: Item) -> ical.Entry:
    """A session as calendars show it."""
    return ical.Entry(
        uid=f"{item.payload['uuid']}@general-assembly",
        title=item.title,
        starts_at=item.starts_at,
        ends_at=item.ends_at,
        location=", ".join(part for part in (item.place.name, item.place.zone) if part),
        description=item.abstract,
        url=settings.BASE_URL + reverse("session", args=[item.code]),
        sequence=item.sequence,
        changed_at=item.changed_at,
        cancelled=item.is_cancelled,
    )
