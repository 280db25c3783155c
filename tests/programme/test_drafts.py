"""Saving drafts: versions, transitions, deletion, and what the database itself refuses."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction

from assembly.core.errors import NotAllowed, StaleState
from assembly.core.models import AuditEntry
from assembly.programme import rules
from assembly.programme.choices import Status
from assembly.programme.models import Participation, Session
from assembly.programme.services import delete_draft, publish, save_session, set_status
from tests.conftest import NOON
from tests.factories import AssemblyFactory, PersonFactory, SessionFactory
from tests.racing import race, type_names

pytestmark = pytest.mark.django_db


def save(session, based_on):
    return save_session(session=session, based_on=based_on, by=None, at=NOON)


def test_a_save_moves_the_version_and_is_audited():
    session = SessionFactory()
    session.title = "Renamed"

    save(session, 1)

    assert list(Session.objects.values_list("title_en", "version")) == [("Renamed", 2)]
    assert list(AuditEntry.objects.values_list("verb", "facts")) == [
        ("session saved", {"version": 2, "status": "confirmed"})
    ]


def test_a_stale_save_is_refused_and_nothing_is_saved():
    session = SessionFactory(title="Theirs")
    Session.objects.update(version=5)
    session.title = "Mine"

    with pytest.raises(StaleState):
        save(session, 1)

    assert list(Session.objects.values_list("title_en", "version")) == [("Theirs", 5)]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_wins():
    pk = SessionFactory().pk

    def rename(title):
        session = Session.objects.get(pk=pk)
        session.title = title
        return save(session, 1)

    results = race(partial(rename, "Mine"), partial(rename, "Yours"))

    assert type_names(results) == ["Session", "StaleState"]
    assert Session.objects.get().version == 2


@pytest.mark.parametrize(
    ("old", "new", "published", "allowed"),
    [
        ("draft", "confirmed", False, True),
        ("draft", "cancelled", False, True),
        ("confirmed", "draft", False, True),
        ("confirmed", "draft", True, False),
        ("confirmed", "cancelled", True, True),
        ("cancelled", "confirmed", True, True),
        ("cancelled", "draft", False, False),
        ("draft", "draft", True, True),
    ],
)
def test_the_transitions(old, new, published, allowed):
    assert rules.may_move(old, new, published=published) is allowed


def test_a_published_session_is_not_made_a_draft_and_not_deleted():
    session = SessionFactory()
    publish(assembly=session.assembly, by=None, at=NOON, based_on=0, accepted={}, note="")

    with pytest.raises(NotAllowed):
        set_status(session=session, status=Status.DRAFT, by=None, at=NOON)
    session.refresh_from_db()
    with pytest.raises(NotAllowed):
        delete_draft(session=session, by=None, at=NOON)

    assert Session.objects.get().status == Status.CONFIRMED


def test_the_code_of_a_published_session_never_changes():
    session = SessionFactory(code="PLEN01")
    publish(assembly=session.assembly, by=None, at=NOON, based_on=0, accepted={}, note="")
    session.code = "PLEN99"

    with pytest.raises(NotAllowed):
        save(session, 1)


def test_a_draft_is_deleted_and_leaves_its_code_in_the_log():
    session = SessionFactory(code="PLEN01", status=Status.DRAFT)

    delete_draft(session=session, by=None, at=NOON)

    assert Session.objects.count() == 0
    assert AuditEntry.objects.get().facts == {"code": "PLEN01"}


def test_confirming_a_session_without_a_room_is_refused():
    session = SessionFactory(status=Status.DRAFT, room=None)

    with pytest.raises(NotAllowed):
        set_status(session=session, status=Status.CONFIRMED, by=None, at=NOON)


@pytest.mark.parametrize(
    "facts",
    [
        {"room": None},
        {"starts_at": None},
        {"minutes": None},
        {"minutes": 0},
        {"media_access": "pool"},
        {"audience": "region"},
    ],
)
def test_the_database_refuses_what_must_never_be(facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        SessionFactory(**facts)


def test_the_database_refuses_two_openings_two_moderators_and_a_code_twice():
    session = SessionFactory(code="PLEN01", anchor="opening")
    with pytest.raises(IntegrityError), transaction.atomic():
        SessionFactory(anchor="opening")
    with pytest.raises(IntegrityError), transaction.atomic():
        SessionFactory(code="PLEN01", assembly=AssemblyFactory())
    Participation.objects.create(session=session, person=PersonFactory(), role="moderator")
    with pytest.raises(IntegrityError), transaction.atomic():
        Participation.objects.create(session=session, person=PersonFactory(), role="moderator")


def test_history_keeps_each_version_in_all_languages():
    session = SessionFactory(title="One", title_fr="Un")
    session.title_fr = "Deux"
    save(session, 1)

    assert list(session.history.values_list("title_fr", "version")) == [("Deux", 2), ("Un", 1)]
