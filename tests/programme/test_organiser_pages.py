"""Organisers' pages: publishing, stale forms, clashes while editing, restore; and their costs."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from assembly.accounts.choices import Role
from assembly.programme.models import Participation, PublishedSession, Revision, Session
from assembly.programme.services import publish, save_session
from tests.conftest import NOON
from tests.factories import (
    AssemblyFactory,
    DelegationFactory,
    PersonFactory,
    RoomFactory,
    SessionFactory,
)
from venues.models import RoomClosure

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(as_user, organiser):
    return as_user(organiser)


def form_of(session: Session, **changes) -> dict[str, str]:
    """What the browser posts for a session's admin form, with the changes typed in."""
    start = session.starts_at
    return {
        "based_on": str(session.version),
        "title_en": session.title_en,
        "title_fr": "",
        "title_es": "",
        "title_ar": "",
        "kind": session.kind,
        "status": session.status,
        "starts_at_0": f"{start:%Y-%m-%d}",
        "starts_at_1": f"{start:%H:%M:%S}",
        "minutes": str(session.minutes),
        "room": str(session.room_id),
        "listing": session.listing,
        "audience": session.audience,
        "region": "",
        "mandatory": "",
        "code": session.code,
        "media_access": session.media_access,
        "participations-TOTAL_FORMS": "0",
        "participations-INITIAL_FORMS": "0",
        "interpretation-TOTAL_FORMS": "0",
        "interpretation-INITIAL_FORMS": "0",
        **changes,
    }


def change_url(session: Session) -> str:
    return reverse("admin:programme_session_change", args=[session.pk])


def test_an_organiser_moves_a_session_publishes_and_the_visitor_sees_it(desk, client):
    session = SessionFactory(code="PLEN01")
    publish(assembly=session.assembly, by=None, at=NOON, based_on=0, accepted={}, note="")

    saved = desk.post(change_url(session), form_of(session, starts_at_1="14:00:00"))
    shown = desk.get("/organise/publish/").content.decode()
    published = desk.post(
        "/organise/publish/", {"based_on": "1", "only": "PLEN01", "note": "Later", "tell": "on"}
    )

    assert (saved.status_code, "Time changed" in shown) == (302, True)
    assert (published.status_code, published.headers["Location"]) == (302, "/organise/revisions/2/")
    assert "14:00–15:00" in client.get("/sessions/PLEN01/").content.decode()
    assert "Later" in client.get("/changes/").content.decode()


def test_a_stale_form_shows_both_versions_and_can_be_saved_after_looking(desk):
    session = SessionFactory(title="As opened")
    mine = form_of(session, title_en="Mine")
    Session.objects.filter(pk=session.pk).update(title_en="Theirs", version=2)

    refused = desk.post(change_url(session), mine)
    body = refused.content.decode()

    assert refused.status_code == 200
    assert "Two versions" in body
    assert ("<bdi>Theirs</bdi>" in body, "<bdi>Mine</bdi>" in body) == (True, True)
    assert 'name="based_on" value="2"' in body
    assert Session.objects.get().title_en == "Theirs"
    assert desk.post(change_url(session), {**mine, "based_on": "2"}).status_code == 302
    assert Session.objects.get().title_en == "Mine"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"starts_at_0": "2024-02-31"}, "Enter a valid date."),
        ({"room": "999999"}, "Select a valid choice."),
        ({"room": ""}, "A confirmed session needs a start, a length and a room."),
        ({"minutes": "-5"}, "greater than or equal to"),
        ({"minutes": "99999999999999999999"}, "less than or equal to"),
        ({"audience": "region"}, "Choose the region that may attend."),
        ({"media_access": "pool"}, "A media pool needs a number of places."),
        ({"code": "x"}, "Six capital letters or digits."),
        ({"based_on": "not a number"}, "Enter a whole number."),
        ({"title_en": "x" * 201}, "at most 200 characters"),
        ({"kind": "nonsense"}, "Select a valid choice."),
        ({"starts_at_0": "9999-12-31"}, "This year cannot be right."),
        ({"must_follow": "999999"}, "Select a valid choice."),
    ],
)
def test_bad_input_gets_words_beside_the_field_and_nothing_is_saved(desk, typed, words):
    session = SessionFactory(title="As it was")
    response = desk.post(change_url(session), form_of(session, **typed))
    assert response.status_code == 200
    assert words in response.content.decode().replace("&#x27;", "'")
    assert Session.objects.get().version == 1


def test_a_new_session_with_a_code_that_is_taken_is_told_so(desk):
    session = SessionFactory(code="PLEN01")
    response = desk.post(reverse("admin:programme_session_add"), form_of(session))
    assert response.status_code == 200
    assert "Another session of this Assembly has this code." in response.content.decode()


def test_a_new_session_belongs_to_the_current_assembly(desk):
    session = SessionFactory.build(
        assembly=AssemblyFactory(), room=RoomFactory(), code="NEW001", title_en="New"
    )
    response = desk.post(reverse("admin:programme_session_add"), form_of(session, based_on=""))
    assert response.status_code == 302
    assert list(Session.objects.values_list("code", "assembly__number")) == [("NEW001", 92)]


def test_the_clashes_of_a_session_are_shown_before_and_after_the_change(desk):
    SessionFactory(code="PLEN01")
    session = SessionFactory(code="PLEN02", room=RoomFactory(code="ALSH"))
    typed = form_of(session, room=str(RoomFactory(code="LOMOND").pk))

    page = desk.post(reverse("session_clashes", args=[session.pk]), typed).content.decode()
    before, after = page.split("As you have it now")

    assert "None." in before
    assert "is used twice at the same time" in after
    assert Session.objects.get(code="PLEN02").room.code == "ALSH"


def test_publishing_is_refused_with_the_reason_on_the_page(desk):
    SessionFactory(code="PLEN01")
    SessionFactory(code="PLEN02")
    page = desk.get("/organise/publish/").content.decode()
    both = {"based_on": "0", "only": ["PLEN01", "PLEN02"]}
    refused = desk.post("/organise/publish/", both)
    assert "This blocks publishing" in page
    assert (refused.status_code, Revision.objects.count()) == (409, 0)
    assert "something in it clashes" in refused.content.decode()


def test_a_warning_is_accepted_with_a_reason_beside_it(desk):
    SessionFactory(code="PLEN01", expected=600)
    name = re.search(r'name="(reason_\w+)"', desk.get("/organise/publish/").content.decode()).group(
        1
    )
    typed = {"based_on": "0", "only": "PLEN01"}
    refused = desk.post("/organise/publish/", {**typed, name: " "})
    accepted = desk.post("/organise/publish/", {**typed, name: "Standing room"})
    assert (refused.status_code, accepted.status_code) == (409, 302)
    assert "Say why this is acceptable." in refused.content.decode()
    assert Revision.objects.get().accepted == {"nearly_full:PLEN01:600/624": "Standing room"}


def test_an_overlapping_publish_is_told_that_somebody_was_faster(desk):
    session = SessionFactory()
    publish(assembly=session.assembly, by=None, at=NOON, based_on=0, accepted={}, note="")
    session.title = "Changed"
    session.save()
    response = desk.post("/organise/publish/", {"based_on": "0", "only": session.code})
    assert response.status_code == 409
    assert "Somebody else published meanwhile." in response.content.decode()
    assert 'name="based_on" value="1"' in response.content.decode()


@pytest.mark.parametrize(
    "typed", [{}, {"based_on": "x"}, {"based_on": "-1"}, {"based_on": "9" * 40}]
)
def test_a_publish_form_that_makes_no_sense_publishes_nothing(desk, typed):
    SessionFactory()
    assert desk.post("/organise/publish/", typed).status_code in (409, 422)
    assert Revision.objects.count() == 0


def test_one_chosen_change_is_published_and_the_other_stays_a_draft(desk, client):
    SessionFactory(code="PLEN01", title="Urgent")
    SessionFactory(code="PLEN02", title="Half-finished", room=RoomFactory(code="ALSH"))
    desk.post("/organise/publish/", {"based_on": "0", "only": ["PLEN01"]})
    assert list(PublishedSession.objects.values_list("code", flat=True)) == ["PLEN01"]
    assert "Half-finished" in desk.get("/organise/publish/").content.decode()


def test_what_is_not_ticked_stays_a_draft_even_when_a_reason_was_missing_first(desk):
    SessionFactory(code="PLEN01", expected=600)
    SessionFactory(code="PLEN02", room=RoomFactory(code="ALSH"))
    typed = {"based_on": "0", "only": ["PLEN01"]}
    again = desk.post("/organise/publish/", typed).content.decode()
    assert re.findall(r'value="(PLEN\d\d)" id="\w+" checked', again) == ["PLEN01"]
    assert re.findall(r'value="(PLEN\d\d)" id="\w+">', again) == ["PLEN02"]


def test_nothing_ticked_publishes_nothing_and_says_so(desk):
    SessionFactory()
    response = desk.post("/organise/publish/", {"based_on": "0"})
    assert (response.status_code, Revision.objects.count()) == (422, 0)
    assert "Choose at least one change." in response.content.decode()


def test_checking_a_choice_publishes_nothing(desk):
    SessionFactory(code="PLEN01")
    response = desk.post("/organise/publish/", {"based_on": "0", "only": "PLEN01", "check": "1"})
    assert (response.status_code, Revision.objects.count()) == (200, 0)


def test_a_draft_saved_after_somebody_looked_is_not_published_unseen(desk):
    session = SessionFactory(code="PLEN01")
    page = desk.get("/organise/publish/").content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page).group(1)
    session.title = "Saved meanwhile"
    session.save()
    response = desk.post("/organise/publish/", {"based_on": "0", "only": "PLEN01", "seen": seen})
    assert (response.status_code, Revision.objects.count()) == (409, 0)
    assert "A draft was saved since you looked." in response.content.decode()
    fresh = re.search(r'name="seen" value="(\w+)"', response.content.decode()).group(1)
    again = desk.post("/organise/publish/", {"based_on": "0", "only": "PLEN01", "seen": fresh})
    assert (again.status_code, Revision.objects.count()) == (302, 1)


@pytest.mark.django_db(transaction=True)
def test_the_clashes_are_looked_up_under_a_lock_of_their_own(organiser, as_user):
    session = SessionFactory(code="PLEN01")
    url = reverse("session_clashes", args=[session.pk])
    assert as_user(organiser).post(url, form_of(session)).status_code == 200


def test_a_start_that_cannot_be_read_is_not_called_free_of_clashes(desk):
    session = SessionFactory(code="PLEN01")
    url = reverse("session_clashes", args=[session.pk])
    page = desk.post(url, form_of(session, starts_at_0="99/99/9999")).content.decode()
    assert "Nothing can be said yet. Mend first: Start." in page


def test_the_history_is_for_reading_alone(as_user, make_user):
    session = SessionFactory()
    assembly = session.assembly
    record = assembly.history.create(
        **{f.attname: getattr(assembly, f.attname) for f in assembly._meta.concrete_fields},
        history_date=NOON,
        history_type="~",
    )
    url = f"/organise/editions/assembly/{assembly.pk}/history/{record.pk}/"
    guard = as_user(make_user(Role.GATE_STAFF))
    assert guard.get(url).status_code == 200
    assert guard.post(url, {"number": "92", "city_en": "HACKED"}).status_code == 403


def test_the_history_says_in_words_what_changed_and_nothing_else(desk):
    session = SessionFactory(code="PLEN01")
    session.starts_at += timedelta(hours=1)
    save_session(session=session, based_on=1, by=None, at=NOON)
    url = reverse("admin:programme_session_history", args=[session.pk])
    page = desk.get(url).content.decode()
    changes = re.findall(r"<li>(.*?): <s><bdi>(.*?)</bdi></s> <bdi>(.*?)</bdi></li>", page)
    assert changes == [("Start", "5 November 2024, 09:30", "5 November 2024, 10:30")]


def test_an_editor_does_not_see_a_protected_person_on_the_form(as_user, editor, desk):
    session = SessionFactory()
    person = PersonFactory(display_name="Amina Diallo", protected=True)
    Participation.objects.create(session=session, person=person, role="chair")
    seen = [
        "Amina Diallo" in browser.get(change_url(session)).content.decode()
        for browser in (desk, as_user(editor))
    ]
    assert seen == [True, False]
    as_user(editor).post(change_url(session), form_of(session))
    assert Participation.objects.count() == 1


def test_going_back_writes_the_drafts_and_leads_to_the_publish_page(desk):
    session = SessionFactory(title="One")
    publish(assembly=session.assembly, by=None, at=NOON, based_on=0, accepted={}, note="")
    session.title = "Two"
    session.save()
    publish(assembly=session.assembly, by=None, at=NOON, based_on=1, accepted={}, note="")
    session.title = "Not published yet"
    session.save()
    unsure = desk.post("/organise/revisions/1/restore/")
    assert unsure.headers["Location"] == "/organise/revisions/1/"
    assert Session.objects.get().title == "Not published yet"
    assert (
        "These unpublished changes would be lost."
        in desk.get("/organise/revisions/1/").content.decode()
    )
    response = desk.post("/organise/revisions/1/restore/", {"sure": "on"})
    assert (response.status_code, response.headers["Location"]) == (302, "/organise/publish/")
    assert Session.objects.get().title == "One"


def test_a_closure_after_a_revision_stands_on_the_dashboard(desk):
    session = SessionFactory(code="PLEN01")
    publish(assembly=session.assembly, by=None, at=NOON, based_on=0, accepted={}, note="")
    assert "Nothing blocks publishing" in desk.get("/organise/").content.decode()
    RoomClosure.objects.create(
        room=session.room,
        starts_at=session.starts_at,
        ends_at=session.starts_at + timedelta(hours=1),
        reason="Flooded",
    )
    body = desk.get("/organise/").content.decode()
    assert "The published programme no longer fits" in body
    assert "Flooded" in body


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(
    ("page", "queries"),
    [
        ("admin:programme_session_changelist", 14),
        ("admin:venues_room_changelist", 11),
        ("admin:people_person_changelist", 10),
        ("admin:delegations_delegation_changelist", 11),
        ("admin:accounts_user_changelist", 11),
        ("publish", 20),
        ("admin:index", 35),
    ],
)
def test_a_list_costs_the_same_with_one_row_or_many(
    desk, django_assert_num_queries, make_user, page, queries, count
):
    for number in range(count):
        room = RoomFactory(code=f"ROOM{number}")
        SessionFactory(room=room)
        PersonFactory()
        DelegationFactory(country__code=f"{chr(65 + number // 26)}{chr(65 + number % 26)}")
        make_user("delegate", f"d{number}@assembly.example")
    with django_assert_num_queries(queries):
        assert desk.get(reverse(page)).status_code == 200


def test_check_programme_prints_the_clashes_and_fails_when_one_blocks(capsys):
    SessionFactory(code="PLEN01")
    call_command("check_programme")
    assert capsys.readouterr().out == "0 block, 0 warn.\n"
    SessionFactory(code="PLEN02")
    with pytest.raises(SystemExit) as end:
        call_command("check_programme")
    assert end.value.code == 1
    assert capsys.readouterr().out == (
        "blocks  PLEN01,PLEN02  Lomond is used twice at the same time: "
        "“Session PLEN01” / “Session PLEN02”.\n1 block, 0 warn.\n"
    )
