"""Glasgow as the current Assembly, and Santiago as an archived one with its record."""

from datetime import date, datetime, timedelta
from typing import Any

from assembly.core import audit
from assembly.editions.choices import Status
from assembly.editions.models import Assembly, RecordEntry
from venues.models import Venue


def build(
    *, data: dict[str, Any], venue: Venue, first_day: date | None, at: datetime
) -> tuple[Assembly, bool]:
    """The current Assembly and whether it is new. `first_day` moves the days; None keeps them.

    Days are fixed when the Assembly is first made: a later call with other days changes nothing.
    """
    facts = data["assembly"]
    begins = date.fromisoformat(facts["first_day"])
    length = date.fromisoformat(facts["last_day"]) - begins
    begins = first_day or begins
    assembly, is_new = Assembly.objects.get_or_create(
        number=facts["number"],
        defaults={
            **_translated("city", facts["city"]),
            "country": facts["country"],
            "host_agency": facts["host_agency"],
            "venue": venue,
            "first_day": begins,
            "last_day": begins + length,
            "timezone": facts["timezone"],
            "status": Status.PLANNING,
            "is_current": not Assembly.objects.current().exists(),
        },
    )
    if is_new:
        audit.record(by=None, verb="demo assembly", target=assembly, at=at)
    return assembly, is_new


def build_archived(*, data: dict[str, Any]) -> None:
    """An earlier Assembly with the figures, decisions and elections of its record."""
    facts = data["assembly"]
    assembly, is_new = Assembly.objects.get_or_create(
        number=facts["number"],
        defaults={
            **_translated("city", facts["city"]),
            "country": facts["country"],
            "first_day": facts["first_day"],
            "last_day": facts["last_day"],
            "timezone": facts["timezone"],
            "status": Status.ARCHIVED,
        },
    )
    if not is_new:
        return
    for position, entry in enumerate(data["record"]):
        RecordEntry.objects.create(
            assembly=assembly,
            kind=entry["kind"],
            position=position,
            **_translated("subject", entry["subject"]),
            **_translated("outcome", entry["outcome"]),
        )


def _translated(field: str, texts: dict[str, str]) -> dict[str, str]:
    return {f"{field}_{language}": text for language, text in texts.items()}


def first_day_for(dates: str, today: date) -> date | None:
    """The first day for "today", "soon" (in two weeks) or "actual" (None: as in the data)."""
    return {"today": today, "soon": today + timedelta(days=14), "actual": None}[dates]
