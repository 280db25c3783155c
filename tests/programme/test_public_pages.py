"""The published pages: what they show, cost, carry, and answer to nonsense."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from assembly.editions.models import RecordEntry
from assembly.people.models import Person
from assembly.people.services import save_person
from assembly.programme.models import Participation
from assembly.programme.services import publish, save_session
from tests.conftest import NOON
from tests.factories import AssemblyFactory, PersonFactory, RoomFactory, SessionFactory

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2024, 11, 5, 9, 30, tzinfo=UTC)
PAGES = [
    "/",
    "/schedule/",
    "/schedule/?day=2024-11-05&q=session&kind=plenary",
    "/sessions/PLEN00/",
    "/rooms/ROOM0/",
    "/changes/",
    "/changes/1/",
    "/schedule.ics",
    "/ar/schedule/",
]


def programme(count: int = 1, **facts):
    assembly = AssemblyFactory()
    for number in range(count):
        session = SessionFactory(
            assembly=assembly,
            code=f"PLEN{number:02d}",
            room=RoomFactory(code=f"ROOM{number % 40}"),
            starts_at=TUESDAY + timedelta(hours=2 * (number // 40)),
            **facts,
        )
        Participation.objects.create(session=session, person=PersonFactory(), role="chair")
    publish(assembly=assembly, by=None, at=NOON, based_on=0, accepted={}, note="")
    return assembly


@pytest.mark.parametrize("count", [1, 60])
@pytest.mark.parametrize("page", PAGES)
def test_an_anonymous_page_costs_one_query(client, django_assert_num_queries, page, count):
    programme(count)
    with time_machine.travel(TUESDAY, tick=False):
        client.get(page)
        with django_assert_num_queries(1):
            client.get(page)


@pytest.mark.parametrize("count", [1, 60])
def test_the_first_reader_after_a_publication_pays_a_fixed_number_more(
    client, django_assert_num_queries, count
):
    programme(count)
    with django_assert_num_queries(5):
        client.get("/schedule/")


@pytest.mark.parametrize("page", PAGES)
def test_an_anonymous_page_carries_no_cookie_token_or_nonce(client, page):
    programme()
    response = client.get(page)
    body = response.content.decode()
    assert response.status_code == 200
    assert dict(response.cookies) == {}
    assert ("csrfmiddlewaretoken" in body, "nonce" in body) == (False, False)


@pytest.mark.parametrize("page", PAGES)
def test_an_unchanged_page_is_a_304(client, page):
    programme()
    with time_machine.travel(TUESDAY, tick=False):
        etag = client.get(page).headers["ETag"]
        answer = client.get(page, headers={"if-none-match": etag})
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", etag)


def etag(path="/schedule/", at=TUESDAY, language=""):
    with time_machine.travel(at, tick=False):
        return Client().get(language + path).headers["ETag"]


def test_the_validator_moves_with_revision_language_query_and_minute():
    assembly = programme()
    known = etag()
    assert etag() == known
    assert len({known, etag(language="/fr"), etag("/schedule/?q=x")}) == 3
    assert etag(at=TUESDAY + timedelta(seconds=59)) == known
    assert etag(at=TUESDAY + timedelta(seconds=60)) != known
    session = assembly.sessions.get()
    session.title = "Renamed"
    save_session(session=session, based_on=1, by=None, at=NOON)
    assert etag() == known
    publish(assembly=assembly, by=None, at=NOON, based_on=1, accepted={}, note="")
    assert etag() != known


def test_a_query_parameter_the_page_does_not_know_makes_no_new_page():
    programme()
    assert etag("/schedule/?utm_source=x") == etag("/schedule/")


def test_the_validator_moves_when_a_person_is_renamed():
    programme()
    before = etag("/sessions/PLEN00/")
    person = Person.objects.get()
    person.display_name = "A new name"
    save_person(person=person, by=None, at=NOON + timedelta(days=1))
    assert etag("/sessions/PLEN00/") != before


def test_an_embargo_that_ends_shows_the_session_and_moves_the_validators():
    ends = datetime(2024, 11, 20, 9, tzinfo=UTC)
    programme(embargo_until=ends, title="Under embargo")
    seen = {}
    for name, moment in {"before": ends - timedelta(seconds=1), "after": ends}.items():
        with time_machine.travel(moment, tick=False):
            client = Client()
            page = client.get("/schedule/?day=2024-11-05").content.decode()
            feed = client.get("/schedule.ics")
            detail = client.get("/sessions/PLEN00/").status_code
            seen[name] = ("Under embargo" in page, "embargo" in feed.content.decode(), detail)
            seen[name + " etag"] = feed.headers["ETag"]
    assert (seen["before"], seen["after"]) == ((False, False, 404), (True, True, 200))
    assert seen["before etag"] != seen["after etag"]


def test_people_who_signed_in_get_a_page_of_their_own(organiser, as_user):
    programme()
    response = as_user(organiser).get("/schedule/")
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert "Organise" in response.content.decode()
    assert "Organise" not in Client().get("/schedule/").content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/schedule/?day=2024-13-45&kind=nonsense&room=%00&language=xx", 200),
        ("/schedule/?q=" + "x" * 5000, 200),
        ("/schedule/?q=%00%ff%3Cscript%3E", 200),
        ("/schedule/?day=0001-01-01", 200),
        ("/schedule/?day=&day=&q=&q=%F0%9F%92%A9", 200),
        ("/sessions/NOPE/", 404),
        ("/sessions/' OR 1=1/", 404),
        ("/rooms/NOPE/", 404),
        ("/changes/2/", 404),
        ("/changes/99999999999999999999999999/", 404),
        ("/assemblies/7/", 404),
        ("/assemblies/99999999999999999999999999/", 404),
        ("/xx/schedule/", 404),
        ("/schedule.ics?lang=klingon", 200),
        ("/schedule.ics?lang=../../etc/passwd", 200),
        ("/schedule", 301),
    ],
)
def test_nonsense_is_a_plain_page_and_never_a_500(client, path, status):
    programme()
    assert client.get(path).status_code == status


HOSTILE = "<script>alert(1)</script>\"'{{ x }}\u202e"


def test_hostile_text_is_shown_as_text_everywhere(client):
    assembly = AssemblyFactory()
    room = RoomFactory(code="ROOM0", name=HOSTILE)
    session = SessionFactory(
        assembly=assembly, code="PLEN00", title=HOSTILE, abstract=HOSTILE, theme=HOSTILE, room=room
    )
    person = PersonFactory(display_name=HOSTILE)
    Participation.objects.create(session=session, person=person, role="chair", affiliation=HOSTILE)
    publish(assembly=assembly, by=None, at=NOON, based_on=0, accepted={}, note=HOSTILE)
    for page in (
        "/",
        "/schedule/?day=2024-11-05",
        "/sessions/PLEN00/",
        "/rooms/ROOM0/",
        "/changes/1/",
    ):
        body = client.get(page).content.decode()
        assert ("<script>alert" in body, page) == (False, page)
    assert "&lt;script&gt;" in client.get("/sessions/PLEN00/").content.decode()


def test_before_the_first_publication_the_pages_say_so(client):
    AssemblyFactory()
    for page, words in {
        "/": "The programme is being prepared.",
        "/schedule/": "The programme is not published yet.",
        "/changes/": "The programme is not published yet.",
    }.items():
        assert words in client.get(page).content.decode()
    assert client.get("/schedule.ics").status_code == 200


def test_without_any_assembly_the_pages_stand(client):
    for page in ("/", "/schedule/", "/changes/", "/schedule.ics"):
        assert "No Assembly yet" in client.get(page).content.decode()


def test_the_schedule_opens_on_today_and_marks_now_and_next(client):
    assembly = AssemblyFactory()
    SessionFactory(assembly=assembly, code="FIRST0", title="Running")
    SessionFactory(
        assembly=assembly, code="SECOND", title="Coming", starts_at=TUESDAY + timedelta(hours=2)
    )
    publish(assembly=assembly, by=None, at=NOON, based_on=0, accepted={}, note="")
    with time_machine.travel(TUESDAY + timedelta(minutes=10), tick=False):
        body = client.get("/schedule/").content.decode()
    assert ("<b>Now</b>" in body, "<b>Next</b>" in body) == (True, True)


def test_a_change_shows_old_and_new_for_a_day(client):
    assembly = programme()
    session = assembly.sessions.get()
    session.starts_at += timedelta(hours=1)
    save_session(session=session, based_on=1, by=None, at=NOON)
    publish(assembly=assembly, by=None, at=NOON, based_on=1, accepted={}, note="")
    shown = []
    for later in (timedelta(hours=23), timedelta(hours=25)):
        with time_machine.travel(NOON + later, tick=False):
            shown.append("<s>" in client.get("/sessions/PLEN00/").content.decode())
    assert shown == [True, False]
    assert "<s>Tue 5 November, 09:30–10:30</s>" in client.get("/changes/2/").content.decode()


def test_filters_combine_and_say_where_else_something_matches(client):
    programme(2)
    body = client.get("/schedule/?day=2024-11-04&q=plen01").content.decode()
    assert "Nothing on this day matches." in body
    assert "Tuesday: 1 session" in body


def test_security_headers_stand_on_every_page(client):
    programme()
    headers = client.get("/schedule/").headers
    assert sorted(headers["Content-Security-Policy"].split("; ")) == [
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self'",
        "manifest-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "worker-src 'self'",
    ]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Permissions-Policy"] == (
        "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"
    )


def test_an_archived_assembly_shows_its_record(client):
    AssemblyFactory()
    santiago = AssemblyFactory(
        number=88, city="Santiago", is_current=False, status="archived", timezone="America/Santiago"
    )
    RecordEntry.objects.create(
        assembly=santiago, kind="figure", position=0, subject="Resolutions adopted", outcome="13"
    )
    body = client.get("/assemblies/88/").content.decode()
    assert ("Santiago" in body, "Resolutions adopted" in body, "<bdi>13</bdi>" in body) == (
        True,
        True,
        True,
    )


def test_a_shared_page_keeps_nothing_of_the_one_who_asked_first(client, delegate):
    programme()
    client.post("/account/login/code/", {"email": delegate.email})
    client.get("/?token=HOMESECRET")
    for page in ("/", "/help/", "/schedule/?q=x&token=HOMESECRET"):
        client.get(page)
        body = Client().get(page.partition("&")[0]).content.decode()
        assert (delegate.email in body, "HOMESECRET" in body) == (False, False)


def test_the_language_links_keep_the_filters():
    programme()
    body = Client().get("/schedule/?day=2024-11-05&q=plen&utm=1").content.decode()
    assert '/fr/schedule/?day=2024-11-05&amp;q=plen"' in body


def test_a_planned_assembly_that_is_not_current_is_not_shown(client):
    programme()
    AssemblyFactory(number=93, city="Secret City", is_current=False)
    assert client.get("/assemblies/93/").status_code == 404


def test_a_room_answers_the_same_whether_or_not_something_hidden_is_in_it(client):
    assembly = AssemblyFactory(venue=RoomFactory(code="EMPTY").venue)
    SessionFactory(assembly=assembly, room=RoomFactory(code="HIDDEN"), listing="organisers")
    publish(assembly=assembly, by=None, at=NOON, based_on=0, accepted={}, note="")
    pages = [client.get(f"/rooms/{code}/").content.decode() for code in ("EMPTY", "HIDDEN")]
    texts = [re.sub('<figure class="plan">.*?</ol>', "", page, flags=re.DOTALL) for page in pages]
    assert texts[0].replace("EMPTY", "X").replace("Empty", "X") == texts[1].replace(
        "HIDDEN", "X"
    ).replace("Hidden", "X")
    rooms = [re.findall(r'<li id="(\w+)"', page) for page in pages]
    assert rooms == [["EMPTY", "HIDDEN"], ["EMPTY", "HIDDEN"]]


def test_staff_without_their_second_factor_read_what_everybody_reads(settings, organiser, as_user):
    settings.STAFF_MFA_REQUIRED = True
    programme(listing="organisers")
    assert as_user(organiser).get("/sessions/PLEN00/").status_code == 404
