"""The calendar feed, by its bytes and by readers we did not write."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import vobject

from assembly.programme import ical
from assembly.programme.choices import Status
from assembly.programme.services import publish, save_session
from tests.conftest import NOON
from tests.factories import AssemblyFactory, RoomFactory, SessionFactory

START = datetime(2024, 11, 5, 9, 30, tzinfo=UTC)


def entry(**facts) -> ical.Entry:
    return ical.Entry(
        **{
            "uid": "1@general-assembly",
            "title": "Plenary",
            "starts_at": START,
            "ends_at": START + timedelta(hours=1),
            "location": "Lomond Auditorium, SEC Centre",
            "description": "",
            "url": "https://assembly.example/sessions/PLEN01/",
            "sequence": 2,
            "changed_at": NOON,
            "cancelled": False,
            **facts,
        }
    )


def feed(*entries: ical.Entry) -> bytes:
    return ical.feed(
        entries, name="Glasgow", timezone="Europe/London", cancelled_prefix="CANCELLED:"
    )


def test_the_feed_to_the_letter():
    lines = feed(entry()).decode().split("\r\n")
    split = lines.index("BEGIN:VEVENT")
    assert (lines[0], lines[-3:]) == ("BEGIN:VCALENDAR", ["END:VEVENT", "END:VCALENDAR", ""])
    assert sorted(lines[1:split]) == [
        "CALSCALE:GREGORIAN",
        "NAME:Glasgow",
        "PRODID:-//General Assembly planner//EN",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        "VERSION:2.0",
        "X-PUBLISHED-TTL:PT15M",
        "X-WR-CALNAME:Glasgow",
        "X-WR-TIMEZONE:Europe/London",
    ]
    assert sorted(lines[split + 1 : -3]) == [
        "DTEND:20241105T103000Z",
        "DTSTAMP:20241105T120000Z",
        "DTSTART:20241105T093000Z",
        "LAST-MODIFIED:20241105T120000Z",
        "LOCATION:Lomond Auditorium\\, SEC Centre",
        "SEQUENCE:2",
        "STATUS:CONFIRMED",
        "SUMMARY:Plenary",
        "UID:1@general-assembly",
        "URL:https://assembly.example/sessions/PLEN01/",
    ]


def test_lines_fold_at_75_octets_without_splitting_a_character():
    content = feed(entry(title="جلسة عامة " * 30))
    lines = content.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert [line.decode() for line in lines] != []
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_a_cancelled_session_stays_with_its_status_and_a_prefix():
    [event] = icalendar.Calendar.from_ical(feed(entry(cancelled=True))).walk("VEVENT")
    assert (event["STATUS"], event["SUMMARY"]) == ("CANCELLED", "CANCELLED: Plenary")


@pytest.mark.parametrize("hostile", ["a\r\nATTENDEE:x", "semi;colon, comma\\", "end\nEND:VEVENT"])
def test_text_cannot_break_out_of_its_property(hostile):
    calendar = icalendar.Calendar.from_ical(feed(entry(title=hostile, description=hostile)))
    [event] = calendar.walk("VEVENT")
    assert "ATTENDEE" not in event
    assert str(event["SUMMARY"]).replace("\r\n", "\n") == hostile.replace("\r\n", "\n")


@pytest.mark.django_db
def test_another_reader_reads_the_same_times_sequence_and_state(client):
    assembly = AssemblyFactory()
    session = SessionFactory(assembly=assembly, code="PLEN01", starts_at=START)
    SessionFactory(assembly=assembly, code="PLEN02", room=RoomFactory(code="ALSH"))
    publish(assembly=assembly, by=None, at=NOON, based_on=0, accepted={}, note="")
    session.status = Status.CANCELLED
    save_session(session=session, based_on=1, by=None, at=NOON)
    later = NOON + timedelta(hours=1)
    publish(assembly=assembly, by=None, at=later, based_on=1, accepted={}, note="")

    response = client.get("/schedule.ics")
    calendar = vobject.readOne(response.content.decode())

    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    read = {
        event.summary.value: (
            event.dtstart.value,
            event.sequence.value,
            event.status.value,
            event.dtstamp.value,
        )
        for event in calendar.vevent_list
    }
    assert read == {
        "CANCELLED: Session PLEN01": (START, "1", "CANCELLED", later),
        "Session PLEN02": (START, "0", "CONFIRMED", NOON),
    }


@pytest.mark.django_db
def test_the_feed_speaks_the_language_asked_for(client):
    assembly = AssemblyFactory()
    SessionFactory(assembly=assembly, title="Plenary", title_fr="Plénière")
    publish(assembly=assembly, by=None, at=NOON, based_on=0, accepted={}, note="")
    assert "SUMMARY:Plénière" in client.get("/schedule.ics?lang=fr").content.decode()
    assert "SUMMARY:Plenary" in client.get("/schedule.ics?lang=es").content.decode()
