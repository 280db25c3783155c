"""iCalendar feeds (RFC 5545, RFC 7986) of published sessions.

Times are UTC: readers disagree about VTIMEZONE, and nobody disagrees about UTC. A cancelled
session stays in the feed, marked, because calendar apps refresh when they like.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from icalendar import Calendar, Event

REFRESH: Final = timedelta(minutes=15)


@dataclass(frozen=True)
class Entry:
    """One session for a calendar. Instants are aware; `changed_at` is the revision's time."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    location: str
    description: str
    url: str
    sequence: int
    changed_at: datetime
    cancelled: bool


def feed(entries: Iterable[Entry], *, name: str, timezone: str, cancelled_prefix: str) -> bytes:
    """The calendar as bytes: CRLF, folded at 75 octets without splitting a character."""
    events = [event_lines(entry, cancelled_prefix=cancelled_prefix) for entry in entries]
    return joined(events, name=name, timezone=timezone)


def removed(entry: Entry) -> Entry:
    """A session that is in no programme any more, so that a calendar takes it out."""
    return replace(entry, cancelled=True, sequence=entry.sequence + 1)


def joined(events: Iterable[bytes], *, name: str, timezone: str) -> bytes:
    """A calendar of events that were written before, each by `event_lines`."""
    calendar = Calendar()
    calendar.add("prodid", "-//General Assembly planner//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", timezone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    head, end, _rest = bytes(calendar.to_ical()).partition(b"END:VCALENDAR\r\n")
    return b"".join([head, *events, end])


def event_lines(entry: Entry, *, cancelled_prefix: str) -> bytes:
    """One event as it stands in a calendar."""
    return bytes(_event(entry, cancelled_prefix).to_ical())


def _event(entry: Entry, cancelled_prefix: str) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("summary", f"{cancelled_prefix} {entry.title}" if entry.cancelled else entry.title)
    event.add("location", entry.location)
    if entry.description:
        event.add("description", entry.description)
    event.add("url", entry.url)
    return event
