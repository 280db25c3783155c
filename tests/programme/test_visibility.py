"""Who sees which published session, and when an embargo ends."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from assembly.people.services import take_capacity
from assembly.programme.choices import Listing
from assembly.programme.models import Participation, PublishedSession
from assembly.programme.services import publish
from tests.conftest import NOON
from tests.factories import AssemblyFactory, PersonFactory, RoomFactory, SessionFactory

pytestmark = pytest.mark.django_db
ENDS = datetime(2024, 11, 6, 9, tzinfo=UTC)


@pytest.fixture
def programme(delegate):
    """One session of each listing, one under embargo; the delegate speaks at the named one."""
    assembly = AssemblyFactory()
    for number, listing in enumerate(Listing.values):
        room = RoomFactory(code=f"ROOM{number}")
        SessionFactory(
            assembly=assembly, code=listing[:6].upper().ljust(6, "0"), listing=listing, room=room
        )
    SessionFactory(
        assembly=assembly, code="SECRET", embargo_until=ENDS, room=RoomFactory(code="X9")
    )
    person = PersonFactory(user=delegate)
    named = assembly.sessions.get(code="NAMED0")
    Participation.objects.create(session=named, person=person, role="speaker")
    publish(assembly=assembly, by=None, at=NOON, based_on=0, accepted={}, note="")
    return assembly


def codes(user, at=NOON):
    return sorted(PublishedSession.objects.visible_to(user, at).values_list("code", flat=True))


def test_everybody_sees_public_sessions_alone(programme):
    assert codes(AnonymousUser()) == ["PUBLIC"]


def test_a_person_named_on_a_session_sees_it(programme, delegate):
    assert codes(delegate) == ["NAMED0", "PUBLIC"]


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        ("delegate", ["DELEGA", "NAMED0", "PUBLIC"]),
        ("observer", ["DELEGA", "NAMED0", "PUBLIC"]),
        ("staff", ["DELEGA", "NAMED0", "PUBLIC"]),
        ("media", ["NAMED0", "PUBLIC"]),
        ("speaker", ["NAMED0", "PUBLIC"]),
    ],
)
def test_a_capacity_at_this_assembly_opens_the_delegates_listing(programme, delegate, kind, seen):
    take_capacity(person=delegate.person, assembly=programme, kind=kind, by=None, at=NOON)
    assert codes(delegate) == seen


def test_a_capacity_at_another_assembly_opens_nothing(programme, delegate):
    other = AssemblyFactory(number=93, is_current=False)
    take_capacity(person=delegate.person, assembly=other, kind="delegate", by=None, at=NOON)
    assert codes(delegate) == ["NAMED0", "PUBLIC"]


def test_organisers_and_editors_see_everything(programme, organiser, editor):
    everything = ["DELEGA", "NAMED0", "ORGANI", "PUBLIC", "SECRET"]
    assert (codes(organiser), codes(editor)) == (everything, everything)


def test_an_embargo_ends_at_its_instant(programme):
    just_before = ENDS - timedelta(microseconds=1)
    assert codes(AnonymousUser(), just_before) == ["PUBLIC"]
    assert codes(AnonymousUser(), ENDS) == ["PUBLIC", "SECRET"]
