"""`/my/` and what a delegate chooses there."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from assembly.itineraries import services
from assembly.itineraries.models import Itinerary, SavedSession
from assembly.people.models import Person
from assembly.programme.models import Participation
from tests.factories import PersonFactory, RoomFactory, SessionFactory, delegate_of, delegation_of
from tests.itineraries.conftest import change, republish

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2024, 11, 5, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def phone(programme, member, client):
    """Signed in at the frozen moment, or the session would be of another day."""
    client.force_login(member.person.user, backend="assembly.accounts.backends.SignInBackend")
    return client


def text(response) -> str:
    return response.content.decode()


def sessions(page: str) -> list[str]:
    return re.findall(r'href="/sessions/(\w+)/"', page.partition('class="myday first"')[2])


def save(phone, code, **more):
    return phone.post(f"/my/saved/{code}/", {"save": "1", **more})


def test_now_and_day_by_day_with_reasons(phone):
    page = text(phone.get("/my/"))
    assert "Amina Diallo" in page
    now = page.partition("<h2>Now</h2>")[2].partition("</section>")[0]
    assert ("Plenary" in now, "You are expected" in now, "step-free" in now) == (True, True, True)
    assert sessions(page) == ["PLEN01"]


def test_saving_and_removing_without_javascript(phone):
    answer = save(phone, "PANEL1")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sessions/PANEL1/")
    save(phone, "PANEL1")  # twice is once
    page = text(phone.get("/my/"))
    assert sessions(page) == ["PLEN01", "PANEL1"]
    assert "Saved by you" in page
    answer = phone.post("/my/saved/PANEL1/", {"unsave": "1", "my": "1"})
    assert answer.headers["Location"] == "/my/"
    assert (sessions(text(phone.get("/my/"))), SavedSession.objects.count()) == (["PLEN01"], 0)


def test_saving_with_htmx_answers_with_the_button(phone):
    fragment = text(phone.get("/my/saved/PANEL1/", headers={"hx-request": "true"}))
    assert ("Save to my schedule" in fragment, "<html" in fragment) == (True, False)
    saved = phone.post("/my/saved/PANEL1/", {"save": "1"}, headers={"hx-request": "true"})
    assert "Remove from my schedule" in text(saved)
    removed = phone.post("/my/saved/PANEL1/", {"unsave": "1"}, headers={"hx-request": "true"})
    assert "Save to my schedule" in text(removed)
    expected = text(phone.get("/my/saved/PLEN01/"))
    assert ("You are expected" in expected, "Save to my schedule" in expected) == (True, False)


@pytest.mark.parametrize("code", ["NOSUCH", "ORGANI"])
def test_what_one_may_not_see_cannot_be_saved(phone, programme, code):
    SessionFactory(
        assembly=programme, code="ORGANI", listing="organisers", room=RoomFactory(code="X9")
    )
    republish(programme)
    assert (save(phone, code).status_code, phone.get(f"/my/saved/{code}/").status_code) == (
        404,
        404,
    )


def test_what_was_saved_and_then_hidden_is_shown_no_more(phone, programme):
    save(phone, "SOCIAL")
    change(programme, "SOCIAL", listing="organisers")
    assert "Evening" not in text(phone.get("/my/"))[:3000]
    assert sessions(text(phone.get("/my/"))) == ["PLEN01"]


def test_walks_that_are_too_short_and_overlaps_are_named(phone, programme):
    save(phone, "PANEL1")
    page = text(phone.get("/my/"))
    assert "“Plenary” ends 5 minutes before “Panel”; the walk takes 8." in page
    change(programme, "PANEL1", starts_at=datetime(2024, 11, 5, 10, 15, tzinfo=UTC))
    assert "“Plenary” and “Panel” are at the same time." in text(phone.get("/my/"))


def test_a_speaker_who_is_no_delegate_has_a_schedule_too(programme, member, client):
    person = PersonFactory(user=None)
    session = programme.sessions.get(code="PANEL1")
    Participation.objects.create(session=session, person=person, role="moderator")
    republish(programme)
    services_user = member.person.user
    Person.objects.filter(pk=member.person.pk).update(user=None)
    Person.objects.filter(pk=person.pk).update(user=services_user)
    client.force_login(services_user, backend="assembly.accounts.backends.SignInBackend")
    page = text(client.get("/my/"))
    assert (sessions(page), "You take part" in page) == (["PANEL1"], True)


def test_changes_since_the_last_look_stay_until_they_are_seen(phone, programme):
    phone.get("/my/")  # the first look
    change(programme, "PLEN01", room=RoomFactory(code="HALL5"))
    change(programme, "PLEN01", starts_at=datetime(2024, 11, 5, 11, tzinfo=UTC))
    for _ in range(2):
        page = text(phone.get("/my/"))
        news = page.partition("Changed since you last looked")[2].partition("</section>")[0]
        assert "<s>Tue 5 November, 09:30–10:30</s>" in news
        assert "<s>Lomond</s>" in news
    listed = text(phone.get("/my/changes/"))
    assert "<s>Tue 5 November, 09:30–10:30</s>" in listed
    assert phone.post("/my/changes/", {"revision": "3"}).headers["Location"] == "/my/"
    assert "Changed since you last looked" not in text(phone.get("/my/"))
    assert "Nothing in your schedule changed" in text(phone.get("/my/changes/"))


def test_next_years_assembly_begins_anew_also_with_the_same_codes(phone, programme, member):
    """Codes and revision numbers are each Assembly's own."""
    save(phone, "PANEL1")
    for minutes in (50, 55):
        change(programme, "PLEN01", minutes=minutes)
        phone.post("/my/changes/", {"revision": "3"})
    programme.is_current = False
    programme.save()
    later = delegation_of("CL", assembly__number=93, assembly__city="Elsewhere")
    delegate_of(later, "Amina Diallo", birth_date=None)
    person = later.delegates.get().person
    user = member.person.user
    Person.objects.filter(pk=member.person.pk).update(user=None)
    Person.objects.filter(pk=person.pk).update(user=user)
    Itinerary.objects.filter(person=member.person).update(person=person)
    SavedSession.objects.filter(person=member.person).update(person=person)
    for code, mandatory in (("PLEN01", "delegates"), ("PANEL1", "")):
        SessionFactory(
            assembly=later.assembly, code=code, mandatory=mandatory, room=RoomFactory(code=code)
        )
    republish(later.assembly)
    assert sessions(text(phone.get("/my/"))) == ["PLEN01"]
    assert Itinerary.objects.get().seen == 1
    change(later.assembly, "PLEN01", minutes=45)
    assert "Changed since you last looked" in text(phone.get("/my/"))


@pytest.mark.parametrize("revision", ["", "99999", "-1", "x", "9" * 50])
def test_nonsense_is_no_look_and_never_goes_beyond_what_is_published(phone, revision):
    phone.get("/my/")
    assert phone.post("/my/changes/", {"revision": revision}).status_code == 302
    assert Itinerary.objects.get().seen == 1


def test_a_change_that_concerns_somebody_else_is_no_news(phone, programme):
    phone.get("/my/")
    change(programme, "SOCIAL", room=RoomFactory(code="ALSH"))
    assert "Changed since you last looked" not in text(phone.get("/my/"))


def test_a_cancelled_session_says_so(phone, programme):
    phone.get("/my/")
    change(programme, "PLEN01", status="cancelled")
    page = text(phone.get("/my/"))
    assert ("<b>Cancelled</b>" in page, "item k-plenary gone" in page) == (True, True)


def test_accounts_without_a_person_are_told_so(as_user, organiser, programme):
    with time_machine.travel(datetime.now(UTC) + timedelta(0)):
        assert "belongs to nobody" in text(as_user(organiser).get("/my/"))


def test_an_assembly_without_a_programme_and_none_at_all(client, member, chile):
    client.force_login(member.person.user, backend="assembly.accounts.backends.SignInBackend")
    assert "The programme is not published yet" in text(client.get("/my/"))
    chile.assembly.is_current = False
    chile.assembly.save()
    assert client.get("/my/").status_code == 404


def test_the_page_is_private_and_unchanged_until_something_moves(phone, programme):
    phone.get("/my/")
    first = phone.get("/my/")
    assert first.headers["Cache-Control"] == "private, no-cache"
    etag = {"if-none-match": first.headers["ETag"]}
    assert phone.get("/my/", headers=etag).status_code == 304
    save(phone, "PANEL1")
    phone.get("/sessions/PANEL1/")  # reads the message that waits
    changed = phone.get("/my/", headers=etag)
    assert changed.status_code == 200
    with time_machine.travel(TUESDAY + timedelta(minutes=1), tick=False):
        again = {"if-none-match": phone.get("/my/").headers["ETag"]}
        assert phone.get("/my/", headers=again).status_code == 304
    change(programme, "PLEN01", minutes=45)
    assert phone.get("/my/", headers=again).status_code == 200


def test_two_people_never_share_a_page(phone, programme, chile, client):
    etag = phone.get("/my/").headers["ETag"]
    other = delegate_of(chile, "Omar Haddad")
    client.force_login(other.person.user, backend="assembly.accounts.backends.SignInBackend")
    page = client.get("/my/", headers={"if-none-match": etag})
    assert (page.status_code, "Omar Haddad" in text(page)) == (200, True)


@pytest.mark.parametrize("count", [1, 25])
def test_the_page_costs_seven_queries_however_much_is_saved(
    phone, programme, django_assert_num_queries, count
):
    for number in range(count):
        SessionFactory(
            assembly=programme,
            code=f"MORE{number:02d}",
            starts_at=datetime(2024, 11, 6, 8, tzinfo=UTC),
            room=RoomFactory(code=f"R{number}"),
        )
    republish(programme)
    for number in range(count):
        save(phone, f"MORE{number:02d}")
    phone.get("/my/")
    with django_assert_num_queries(7):
        assert phone.get("/my/").status_code == 200


def test_the_language_of_mail_is_chosen_in_the_settings(phone, member):
    assert "Settings" in text(phone.get("/my/settings/"))
    wrong = phone.post("/my/settings/", {"language": "xx"})
    assert 'class="errors"' in text(wrong)
    assert phone.post("/my/settings/", {"language": "ar"}).headers["Location"] == "/ar/my/settings/"
    member.person.refresh_from_db()
    assert (member.person.language, member.person.user.language) == ("ar", "ar")


def test_the_plan_names_every_room_and_its_steps(phone, programme):
    change(programme, "PLEN01", room=RoomFactory(code="STAIRS", step_free=False))
    page = text(phone.get("/my/plan/"))
    assert re.findall(r'<li id="(\w+)"', page) == ["ARMADILLO", "HALL5", "STAIRS"]
    assert page.count("step-free") == 2
    assert page.count("<b>steps</b>") == 1


def test_a_focal_point_sees_the_schedule_of_the_own_members_as_far_as_they_may(
    client, make_user, programme, chile, member
):
    focal = make_user("focal_point")
    chile.focal_points.add(focal)
    hidden = SessionFactory(
        assembly=programme,
        code="BILAT1",
        title="Secret talk",
        listing="named",
        room=RoomFactory(code="X9"),
        starts_at=datetime(2024, 11, 7, 9, tzinfo=UTC),
    )
    Participation.objects.create(session=hidden, person=member.person, role="speaker")
    republish(programme)
    services.save_session(
        person=member.person, session=programme.sessions.get(code="SOCIAL"), at=TUESDAY
    )
    client.force_login(focal, backend="assembly.accounts.backends.SignInBackend")
    page = text(client.get(f"/delegation/delegates/{member.uuid}/schedule/"))
    assert (sessions(page), "Secret talk" in page) == (["PLEN01", "SOCIAL"], False)
    assert 'name="unsave"' not in page


def test_the_own_schedule_in_arabic_keeps_names_apart(phone):
    page = text(phone.get("/ar/my/"))
    assert ('dir="rtl"' in page, "<bdi>Amina Diallo</bdi>" in page) == (True, True)
