"""What is measured in the process, without a server: `python -m tests.bench.inside TASK`.

Runs under the demo settings with the database of VAR_DIR, and prints JSON.
"""

# ruff: noqa: E402  Django is set up before models are imported

import json
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from html.parser import HTMLParser
from statistics import median
from unittest import mock

import django

django.setup()

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assembly.core.web import renderings
from assembly.editions.models import Assembly
from assembly.programme import clashes
from assembly.programme.choices import Listing, Role
from assembly.programme.models import Participation, PublishedSession, Session
from assembly.programme.selectors import drafts
from assembly.programme.selectors.published import forget_programmes
from assembly.programme.services import publish
from assembly.programme.services.publishing import plan
from assembly.programme.timetable import MOST_COLUMNS
from tests.bench.load import stay_in_minute
from venues.models import Room

PAGE_SECONDS = 4
SYNTHETIC = (300, 600, 1200, 2400)


class Elements(HTMLParser):
    """Counts the elements of a page."""

    count = 0

    def handle_starttag(self, tag, attrs):
        self.count += 1


def milliseconds(call: Callable[[], object], times: int = 1) -> float:
    """How long one call takes: the median of several."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def page(path: str, **headers: str) -> dict[str, object]:
    """A page's size, and what it costs after a publication, without and with kept bytes."""
    stay_in_minute(PAGE_SECONDS)
    client = Client()
    forget_programmes()
    renderings.clear()
    cold = milliseconds(lambda: client.get(path))
    renderings.clear()
    rendered = milliseconds(lambda: client.get(path))
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path, headers=headers)
    elements = Elements()
    elements.feed(response.content.decode())
    return {
        "path": path,
        "status": response.status_code,
        "etag": response.headers["ETag"],
        "queries": len(queries),
        "bytes": len(response.content),
        "gzipped": len(client.get(path, headers={**headers, "accept-encoding": "gzip"}).content),
        "elements": elements.count,
        "cold_ms": cold,
        "render_ms": rendered,
        "warm_ms": milliseconds(lambda: client.get(path, headers=headers), 50),
    }


def pages() -> dict[str, object]:
    """The pages of this database, and the check of its drafts."""
    Client().get("/healthz")  # imports and digests everything once
    assembly = Assembly.objects.current().get()
    public = PublishedSession.objects.in_latest(assembly).filter(listing=Listing.PUBLIC)
    schedule = page("/schedule/")
    found: dict[str, object] = {
        "sessions": Session.objects.of(assembly).count(),
        "public": public.count(),
        "pages": [
            schedule,
            page(f"/sessions/{public.first().code}/"),
            page("/schedule.ics"),
            page("/schedule/", if_none_match=str(schedule["etag"])),
        ],
    }
    with mock.patch.object(clashes, "find", wraps=clashes.find) as find:
        found["check_ms"] = milliseconds(lambda: drafts.clashes_now(assembly), 3)
    found["find_ms"] = milliseconds(lambda: clashes.find(*find.call_args.args), 5)
    return found


def day() -> list[dict[str, object]]:
    """The schedule with all sessions on the first day: in all rooms, then in those of a grid."""
    counts = (Room.objects.count(), MOST_COLUMNS)
    return [measured for count in counts for measured in _one_day(count)]


def _one_day(room_count: int) -> Iterable[dict[str, object]]:
    assembly = Assembly.objects.current().get()
    rooms = Room.objects.order_by("code")[:room_count]
    Room.objects.update(booths=30)
    Participation.objects.all().delete()  # nobody can be in two places
    sessions = Session.objects.of(assembly)
    sessions.update(anchor="", must_follow=None, expected=0, listing=Listing.PUBLIC, minutes=45)
    for number, session in enumerate(sessions.order_by("code")):
        hour = timedelta(hours=8 + number // room_count)
        sessions.filter(pk=session.pk).update(
            starts_at=assembly.starts_at + hour, room=rooms[number % room_count]
        )
    planned = plan(assembly=assembly)
    publish(
        assembly=assembly,
        by=None,
        at=timezone.now() - timedelta(days=3),  # moves of today would be shown beside the old time
        based_on=planned.base,
        accepted={clash.key: "A bench" for clash in planned.warnings},
        note="",
    )
    for prefix in ("", "/fr", "/es", "/ar"):
        path = f"{prefix}/schedule/?day={assembly.first_day}"
        yield {"rooms": room_count, "language": prefix[1:] or "en", **page(path)}


def synthetic() -> dict[int, float]:
    """Milliseconds for the check alone, by the number of sessions."""
    programmes = {count: _programme(count) for count in SYNTHETIC}
    return {n: milliseconds(partial(clashes.find, *programmes[n]), 9) for n in SYNTHETIC}


def _programme(count: int) -> tuple[list[clashes.Slot], clashes.Setting]:
    """An Assembly of four days with 20 sessions a room, three people each, and a clash in 25."""
    opens = datetime(2026, 11, 4, tzinfo=UTC)
    rooms = count // 20
    slots = [_slot(number, opens, *divmod(number, rooms)) for number in range(count)]
    halls = {f"R{n}": clashes.Hall(f"R{n}", f"Room {n}", f"{n % 4}", 300, 4) for n in range(rooms)}
    walks = {(f"{a}", f"{b}"): 5 * abs(a - b) for a in range(4) for b in range(4)}
    return slots, clashes.Setting(halls, [], walks, opens, opens + timedelta(days=4))


def _slot(number: int, opens: datetime, turn: int, room: int) -> clashes.Slot:
    late = 45 if number % 25 == 0 else 0
    starts = opens + timedelta(days=turn // 5, hours=8 + 2 * (turn % 5), minutes=late)
    people = [f"P{room}-{seat}" for seat in range(3)]
    return clashes.Slot(
        code=f"{number:06d}",
        title=f"Session {number}",
        starts_at=starts,
        ends_at=starts + timedelta(minutes=90),
        room=f"R{room}",
        expected=200,
        languages=4,
        people=tuple(clashes.Engagement(name, name, Role.PANELLIST) for name in people),
    )


if __name__ == "__main__":
    print(json.dumps({"pages": pages, "day": day, "synthetic": synthetic}[sys.argv[1]]()))
