"""The personal feed: secret, dead when it should be, and read by readers we did not write."""

import re
from datetime import UTC, date, datetime

import icalendar
import pytest
import vobject
from django.test import Client
from ical.calendar_stream import IcsCalendarStream

from assembly.core.models import AuditEntry
from assembly.delegations.services import withdraw
from assembly.itineraries import services
from assembly.itineraries.models import Itinerary
from assembly.programme.services import save_session
from tests.conftest import NOON
from tests.factories import AssemblyFactory, RoomFactory, SessionFactory
from tests.itineraries.conftest import change, republish

pytestmark = pytest.mark.django_db


def make(phone) -> str:
    """The address of the reader's calendar, as the page shows it this once."""
    page = phone.post("/my/calendar/").content.decode()
    return re.search(r"/my/calendar/[\w-]+\.ics", page).group()


def titles(content: bytes) -> list[str]:
    found = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return sorted(str(event["SUMMARY"]) for event in found)


def test_the_address_is_shown_once_and_kept_as_a_digest(phone):
    address = make(phone)
    token = address.split("/")[-1].removesuffix(".ics")
    assert len(token) >= 22  # 128 bits and more
    assert token not in str(list(Itinerary.objects.values()))
    assert token not in str(list(AuditEntry.objects.values()))
    again = phone.get("/my/calendar/").content.decode()
    assert (token in again, "We keep no copy of it" in again) == (False, True)


def test_the_page_links_to_calendar_apps_and_is_honest(phone, settings):
    settings.BASE_URL = "https://assembly.example"
    page = phone.post("/my/calendar/").content.decode()
    assert "webcal://assembly.example/my/calendar/" in page
    assert "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Fassembly.example" in page
    assert "https://outlook.office.com/calendar/0/addfromweb?url=https%3A%2F%2F" in page
    assert "Google every 8 to 24 hours" in page


def test_the_feed_holds_what_concerns_its_owner_and_no_sign_in_is_needed(phone, programme):
    address = make(phone)
    assert titles(Client().get(address).content) == ["Plenary"]
    phone.post("/my/saved/SOCIAL/", {"save": "1"})
    assert titles(Client().get(address).content) == ["Evening", "Plenary"]


def test_its_validator_moves_with_choices_and_publications_alone(phone, programme):
    address = make(phone)

    def asked(etag=""):
        return Client().get(address, headers={"if-none-match": etag})

    etag = asked().headers["ETag"]
    assert asked(etag).status_code == 304
    phone.post("/my/saved/SOCIAL/", {"save": "1"})
    assert asked(etag).status_code == 200
    etag = asked().headers["ETag"]
    assert asked(etag).status_code == 304
    change(programme, "PLEN01", minutes=45)
    assert asked(etag).status_code == 200


def test_a_new_address_kills_the_old_one_and_both_die_with_stop(phone):
    first = make(phone)
    second = make(phone)
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    phone.post("/my/calendar/", {"drop": "1"})
    assert Client().get(second).status_code == 404


def test_it_is_dead_when_the_delegate_is_withdrawn_and_for_another_assembly(phone, member):
    address = make(phone)
    withdraw(delegate=member, by=None, at=NOON)
    assert Client().get(address).status_code == 404


def test_who_comes_to_no_current_assembly_has_no_feed(phone, programme):
    address = make(phone)
    programme.is_current = False
    programme.save()
    AssemblyFactory(number=93, city="Elsewhere")
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("token", ["x" * 32, "..%2F..%2Fetc", "a" * 65, "%00" * 20])
def test_guessed_addresses_find_nothing(client, programme, token):
    assert client.get(f"/my/calendar/{token}.ics").status_code == 404


def test_what_the_owner_may_not_see_is_not_in_it(phone, programme):
    address = make(phone)
    phone.post("/my/saved/SOCIAL/", {"save": "1"})
    change(programme, "SOCIAL", listing="organisers")
    assert titles(Client().get(address).content) == ["Plenary"]


def test_a_cancelled_session_stays_marked(phone, programme):
    address = make(phone)
    change(programme, "PLEN01", status="cancelled")
    content = Client().get(address).content
    event = icalendar.Calendar.from_ical(content).walk("VEVENT")[0]
    assert (str(event["SUMMARY"]), str(event["STATUS"]), event["SEQUENCE"]) == (
        "CANCELLED: Plenary",
        "CANCELLED",
        1,
    )


@pytest.fixture
def october(member):
    """An Assembly over the night in which the clocks go back: two sessions at local 09:30."""
    assembly = member.delegation.assembly
    assembly.first_day, assembly.last_day = date(2024, 10, 26), date(2024, 10, 27)
    assembly.save()
    SessionFactory(
        assembly=assembly,
        code="SUMMER",
        title="Séance « été », مرحبا " + "lang " * 30,
        abstract="One; two, three\\four\nnext line",
        mandatory="delegates",
        starts_at=datetime(2024, 10, 26, 9, 30, tzinfo=assembly.zone),
    )
    SessionFactory(
        assembly=assembly,
        code="WINTER",
        title="Winter",
        mandatory="delegates",
        starts_at=datetime(2024, 10, 27, 9, 30, tzinfo=assembly.zone),
        room=RoomFactory(code="ALSH"),
    )
    republish(assembly)
    return assembly


EXPECTED = [
    datetime(2024, 10, 26, 8, 30, tzinfo=UTC),
    datetime(2024, 10, 27, 9, 30, tzinfo=UTC),
]


@pytest.fixture
def feed(october, as_user, member) -> bytes:
    return Client().get(make(as_user(member.person.user)) + "?lang=fr").content


def test_icalendar_reads_it(feed):
    events = icalendar.Calendar.from_ical(feed).walk("VEVENT")
    assert sorted(event["DTSTART"].dt for event in events) == EXPECTED
    abstract = next(str(e["DESCRIPTION"]) for e in events if "DESCRIPTION" in e)
    assert abstract == "One; two, three\\four\nnext line"


def test_vobject_reads_it(feed):
    events = vobject.readOne(feed.decode()).vevent_list
    assert sorted(event.dtstart.value for event in events) == EXPECTED


def test_ical_reads_it(feed):
    calendar = IcsCalendarStream.calendar_from_ics(feed.decode())
    assert sorted(event.dtstart for event in calendar.events) == EXPECTED
    assert sorted(event.summary for event in calendar.events)[1] == "Winter"


def test_its_bytes(feed):
    assert feed.count(b"\n") == feed.count(b"\r\n")
    lines = feed.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    for line in lines:
        line.decode()  # no character is torn apart by folding
    assert [line for line in lines if line.startswith(b"DTSTART")] == [
        b"DTSTART:20241026T083000Z",
        b"DTSTART:20241027T093000Z",
    ]
    assert (b"METHOD" in feed, b"BEGIN:VTIMEZONE" in feed) == (False, False)
    assert feed.startswith(b"BEGIN:VCALENDAR\r\n")
    assert feed.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")


@pytest.mark.parametrize("count", [1, 20])
def test_the_feed_costs_the_same_however_much_is_saved(
    phone, programme, member, django_assert_num_queries, count
):
    for number in range(count):
        session = SessionFactory(
            assembly=programme,
            code=f"MORE{number:02d}",
            starts_at=datetime(2024, 11, 6, 8, tzinfo=UTC),
            room=RoomFactory(code=f"R{number}"),
        )
        services.save_session(person=member.person, session=session, at=NOON)
    republish(programme)
    address, reader = make(phone), Client()
    reader.get(address)
    with django_assert_num_queries(5):
        assert reader.get(address).status_code == 200


def test_a_session_that_moved_is_drawn_anew_and_others_keep_their_lines(phone, programme):
    address = make(phone)
    before = Client().get(address).content
    session = programme.sessions.get(code="PLEN01")
    session.minutes = 30
    save_session(session=session, based_on=session.version, by=None, at=NOON)
    republish(programme)
    after = Client().get(address).content
    assert (b"DTEND:20241105T103000Z" in before, b"DTEND:20241105T100000Z" in after) == (True, True)
