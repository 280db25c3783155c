"""Publishing: what is frozen, what is refused, and who wins."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine

from assembly.core.errors import NotAllowed, StaleState
from assembly.core.models import AuditEntry
from assembly.people.services import erase
from assembly.programme.choices import Listing, Status
from assembly.programme.models import Participation, PublishedSession, Revision, Session
from assembly.programme.selectors.drafts import clashes_now, published_clashes
from assembly.programme.services import (
    Blocked,
    NothingToPublish,
    WarningsNotAccepted,
    publish,
    restore,
    save_session,
)
from tests.conftest import NOON
from tests.factories import AssemblyFactory, PersonFactory, RoomFactory, SessionFactory
from tests.racing import race, type_names
from venues.models import Room, RoomClosure

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def assembly():
    return AssemblyFactory()


def release(assembly, based_on=0, at=NOON, **options):
    options = {"accepted": {}, "note": "", "by": None, **options}
    return publish(assembly=assembly, at=at, based_on=based_on, **options)


def published(number):
    rows = PublishedSession.objects.filter(revision__number=number)
    return {row.code: (row.payload["title"]["en"], row.sequence, row.changed_in) for row in rows}


def test_publish_freezes_confirmed_sessions_and_writes_one_audit_entry(assembly, organiser):
    SessionFactory(assembly=assembly, code="PLEN01", title="Plenary")
    SessionFactory(assembly=assembly, code="DRAFT1", status=Status.DRAFT, room=None)

    revision = release(assembly, by=organiser, note="First")

    assert (revision.number, revision.published_by, revision.note) == (1, organiser, "First")
    assert published(1) == {"PLEN01": ("Plenary", 0, 1)}
    assert list(AuditEntry.objects.filter(verb="published").values_list("actor", "facts")) == [
        (
            str(organiser.pk),
            {"assembly": 92, "revision": 1, "changes": [["PLEN01", "added"]], "tell": True},
        )
    ]


def test_sequence_and_time_of_change_move_only_for_what_changed(assembly):
    first = SessionFactory(assembly=assembly, code="PLEN01", title="One")
    SessionFactory(assembly=assembly, code="PLEN02", title="Two", room=RoomFactory(code="ALSH"))
    release(assembly)
    first.title = "One, renamed"
    first.save()

    release(assembly, based_on=1, at=LATER)

    assert published(2) == {"PLEN01": ("One, renamed", 1, 2), "PLEN02": ("Two", 0, 1)}
    changed = dict(
        PublishedSession.objects.filter(revision__number=2).values_list("code", "changed_at")
    )
    assert changed == {"PLEN01": LATER, "PLEN02": NOON}


def test_chosen_sessions_alone_are_published(assembly):
    sessions = [
        SessionFactory(assembly=assembly, code=code, title=code, room=RoomFactory(code=room))
        for code, room in (("PLEN01", "LOMOND"), ("PLEN02", "ALSH"))
    ]
    release(assembly)
    for session in sessions:
        session.title += " changed"
        session.save()

    release(assembly, based_on=1, sessions=["PLEN02"])

    assert published(2) == {"PLEN01": ("PLEN01", 0, 1), "PLEN02": ("PLEN02 changed", 1, 2)}


def test_publish_is_refused_with_the_list_while_something_blocks(assembly):
    SessionFactory(assembly=assembly, code="PLEN01")
    SessionFactory(assembly=assembly, code="PLEN02")

    with pytest.raises(Blocked) as refusal:
        release(assembly)

    assert [clash.key for clash in refusal.value.clashes] == ["room_twice:PLEN01:PLEN02:"]
    assert Revision.objects.count() == 0


def test_a_warning_needs_a_reason_and_the_reason_holds_for_the_next_revision(assembly):
    session = SessionFactory(assembly=assembly, code="PLEN01", expected=600)
    with pytest.raises(WarningsNotAccepted) as refusal:
        release(assembly, accepted={"nearly_full:PLEN01:600/624": "   "})
    assert [clash.key for clash in refusal.value.clashes] == ["nearly_full:PLEN01:600/624"]

    release(assembly, accepted={"nearly_full:PLEN01:600/624": "Standing room"})
    session.title = "Renamed"
    session.save()
    second = release(assembly, based_on=1)

    assert second.accepted == {"nearly_full:PLEN01:600/624": "Standing room"}


def test_nothing_changed_is_nothing_to_publish(assembly):
    SessionFactory(assembly=assembly)
    release(assembly)

    with pytest.raises(NothingToPublish):
        release(assembly, based_on=1)


def test_publish_is_refused_when_somebody_else_published_meanwhile(assembly):
    SessionFactory(assembly=assembly)
    release(assembly)

    with pytest.raises(StaleState):
        release(assembly, based_on=0)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_wins():
    assembly = AssemblyFactory()
    SessionFactory(assembly=assembly)

    results = race(partial(release, assembly), partial(release, assembly))

    assert type_names(results) == ["Revision", "StaleState"]
    assert list(Revision.objects.values_list("number", flat=True)) == [1]


def test_a_published_session_that_is_cancelled_stays_in_the_next_revision(assembly):
    session = SessionFactory(assembly=assembly, code="PLEN01")
    SessionFactory(assembly=assembly, code="NEVER1", status=Status.CANCELLED)
    release(assembly)
    session.status = Status.CANCELLED
    session.save()

    release(assembly, based_on=1)

    rows = PublishedSession.objects.filter(revision__number=2)
    assert list(rows.values_list("code", "status", "sequence")) == [("PLEN01", "cancelled", 1)]


def test_a_closure_that_comes_after_a_revision_is_found_by_holding_it_against_today(assembly):
    session = SessionFactory(assembly=assembly, code="PLEN01")
    release(assembly)
    assert published_clashes(assembly) == []

    RoomClosure.objects.create(
        room=session.room,
        starts_at=session.starts_at,
        ends_at=session.starts_at + timedelta(minutes=5),
        reason="Water",
    )

    assert [clash.rule.value for clash in published_clashes(assembly)] == ["room_closed"]


def test_erasing_a_person_redacts_old_revisions_too(assembly, client):
    person = PersonFactory(display_name="Amina Diallo")
    session = SessionFactory(assembly=assembly, code="PLEN01")
    Participation.objects.create(
        session=session, person=person, role="speaker", affiliation="Interior Ministry"
    )
    release(assembly)
    assert "Amina Diallo" in client.get("/sessions/PLEN01/").content.decode()

    erase(person=person, by=None, at=LATER)

    page = client.get("/sessions/PLEN01/").content.decode()
    assert ("Amina Diallo" in page, "Interior Ministry" in page) == (False, False)
    assert "Amina" not in str(PublishedSession.objects.get().payload)


def test_a_protected_person_has_no_name_in_a_clash_or_on_a_page(assembly, client):
    person = PersonFactory(display_name="Amina Diallo", protected=True)
    for code, room in (("PLEN01", "LOMOND"), ("PLEN02", "ALSH")):
        session = SessionFactory(assembly=assembly, code=code, room=RoomFactory(code=room))
        Participation.objects.create(session=session, person=person, role="speaker")
    [clash] = clashes_now(assembly)
    assert str(clash).startswith("A protected person is in two places at once")
    Participation.objects.filter(session__code="PLEN02").delete()
    release(assembly)
    assert "Amina" not in client.get("/sessions/PLEN01/").content.decode()


def test_restore_writes_drafts_back_and_cancels_what_came_since(assembly):
    session = SessionFactory(assembly=assembly, code="PLEN01", title="First title")
    release(assembly)
    session.title = "Second title"
    session.starts_at += timedelta(days=1)
    session.save()
    SessionFactory(assembly=assembly, code="PLEN02", room=RoomFactory(code="ALSH"))
    release(assembly, based_on=1)

    restore(revision=Revision.objects.get(number=1), by=None, at=LATER)

    drafts = Session.objects.order_by("code").values_list("code", "title_en", "status")
    assert list(drafts) == [
        ("PLEN01", "First title", "confirmed"),
        ("PLEN02", "Session PLEN02", "cancelled"),
    ]
    release(assembly, based_on=2)
    assert published(3) == {"PLEN01": ("First title", 2, 3), "PLEN02": ("Session PLEN02", 1, 3)}


def test_an_embargo_is_kept_with_the_revision(assembly):
    until = datetime(2024, 11, 6, 9, tzinfo=UTC)
    SessionFactory(assembly=assembly, embargo_until=until, listing=Listing.PUBLIC)

    assert release(assembly).embargoes == ["2024-11-06T09:00:00+00:00"]


def test_a_saved_draft_changes_nothing_that_is_published(assembly, client):
    session = SessionFactory(assembly=assembly, code="PLEN01", title="As published")
    release(assembly)
    session.title = "Half-finished"
    save_session(session=session, based_on=1, by=None, at=LATER)

    assert "Half-finished" not in client.get("/sessions/PLEN01/").content.decode()


def test_restore_puts_the_opening_back_where_it_was(assembly):
    first = SessionFactory(assembly=assembly, code="PLEN01", anchor="opening")
    second = SessionFactory(
        assembly=assembly, code="PLEN02", starts_at=first.starts_at + timedelta(hours=2)
    )
    release(assembly)
    Session.objects.filter(pk=first.pk).update(
        anchor="", starts_at=second.starts_at + timedelta(hours=2)
    )
    Session.objects.filter(pk=second.pk).update(anchor="opening")
    release(assembly, based_on=1)

    restore(revision=Revision.objects.get(number=1), by=None, at=LATER)

    assert dict(Session.objects.values_list("code", "anchor")) == {
        "PLEN01": "opening",
        "PLEN02": "",
    }


def test_a_room_that_is_gone_blocks_by_name_and_is_told_when_going_back(assembly):
    session = SessionFactory(assembly=assembly, code="PLEN01", room=RoomFactory(code="OLD"))
    release(assembly)
    session.room = RoomFactory(code="NEW")
    session.save()
    Room.objects.get(code="OLD").delete()

    assert [clash.rule.value for clash in published_clashes(assembly)] == ["room_gone"]
    with pytest.raises(NotAllowed, match="rooms that are gone: OLD"):
        restore(revision=Revision.objects.get(number=1), by=None, at=LATER)


def test_a_published_session_keeps_its_place_also_when_it_is_cancelled(assembly):
    session = SessionFactory(assembly=assembly, code="PLEN01")
    release(assembly)
    session.status, session.room = Status.CANCELLED, None

    with pytest.raises(NotAllowed):
        save_session(session=session, based_on=1, by=None, at=LATER)


def test_an_embargo_that_is_extended_shows_nothing_in_the_change_log(assembly, client):
    secret = SessionFactory(assembly=assembly, code="SECRET", title="Hush", embargo_until=LATER)
    release(assembly)
    secret.embargo_until = LATER + timedelta(days=9999)
    secret.save()
    release(assembly, based_on=1)
    with time_machine.travel(LATER + timedelta(hours=1), tick=False):
        pages = [client.get(page).content.decode() for page in ("/changes/", "/changes/1/")]
    assert ["Hush" in page for page in pages] == [False, False]
