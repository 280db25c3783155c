"""Whom a session concerns and who may know of it; held against the query that decides for one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from assembly.delegations.models import Delegate
from assembly.delegations.services import withdraw
from assembly.itineraries.rules import Attendee, Crowd, Programme, overlaps
from assembly.itineraries.selectors.attendees import crowd, owner_of
from assembly.people.services import give_accounts, take_capacity
from assembly.programme.choices import Audience, Listing
from assembly.programme.models import Participation, PublishedSession
from assembly.programme.services import publish
from tests.conftest import NOON
from tests.factories import (
    PersonFactory,
    RoomFactory,
    SessionFactory,
    delegate_of,
    delegation_of,
)

AT = datetime(2024, 11, 5, 9, tzinfo=UTC)


def payload(code="PLEN01", **facts):
    return {
        "code": code,
        "mandatory": "",
        "region": "",
        "delegations": [],
        "people": [],
        "listing": "public",
        "embargo_until": None,
        **facts,
    }


HEAD = Attendee(1, "u1", True, True, True, "CL", "Americas")
MEMBER = Attendee(2, "u2", True, True, False, "FR", "Europe")
OBSERVER = Attendee(3, "u3", True, False, False, "EUROPOL", "")
SPEAKER = Attendee(4, "u4")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"mandatory": "delegates"}, [1, 2]),
        ({"mandatory": "heads"}, [1]),
        ({"mandatory": "region", "region": "Europe"}, [2]),
        ({"mandatory": "named", "delegations": ["CL", "EUROPOL"]}, [1, 3]),
        ({"people": [{"person": "u4"}]}, [4]),
        ({}, []),
    ],
)
def test_whom_a_session_concerns(facts, expected):
    everybody = [HEAD, MEMBER, OBSERVER, SPEAKER]
    people = Crowd()
    for attendee in everybody:
        people.add(attendee)
    assert sorted(people.concerned_by(payload(**facts), AT)) == expected
    programme = Programme([payload(**facts)])
    found = [a.person for a in everybody if programme.of(a, [])]
    assert found == expected


def test_reasons_add_up_and_what_is_saved_counts():
    programme = Programme(
        [
            payload("A", mandatory="delegates", people=[{"person": "u1"}, {"person": "u1"}]),
            payload("B"),
        ]
    )
    assert programme.of(HEAD, ["A", "B"]) == {
        "A": ("speaks", "mandatory", "saved"),
        "B": ("saved",),
    }


def test_overlapping_pairs_and_what_only_touches():
    hour = timedelta(hours=1)
    sessions = [
        ("B", AT, AT + 2 * hour),
        ("A", AT + hour, AT + 3 * hour),
        ("C", AT + 3 * hour, AT + 4 * hour),
        ("D", AT, AT),
    ]
    assert overlaps(sessions) == {("A", "B"), ("B", "D")}


@pytest.fixture
def world(make_user):
    """A session for each listing x audience, one under embargo, and everybody who may come."""
    chile, france = delegation_of("CL", region="Americas"), delegation_of("FR")
    number = 0
    for listing in Listing.values:
        for audience in Audience.values:
            session = SessionFactory(
                assembly=chile.assembly,
                code=f"S{number:05d}",
                listing=listing,
                audience=audience,
                region="Americas",
                room=RoomFactory(code=f"R{number}"),
            )
            session.delegations.add(chile)
            number += 1
    SessionFactory(
        assembly=chile.assembly,
        code="SECRET",
        embargo_until=AT + timedelta(days=1),
        room=RoomFactory(code="R99"),
    )
    users = {}
    for name, delegation in (("CL", chile), ("FR", france)):
        users[name] = delegate_of(delegation, f"Member {name}").person.user
        focal = make_user("focal_point", f"f-{name}@police.example")
        delegation.focal_points.add(focal)
        users[f"focal {name}"] = focal
    for kind in ("media", "speaker", "staff", "observer"):
        person = PersonFactory()
        take_capacity(person=person, assembly=chile.assembly, kind=kind, by=None, at=NOON)
        give_accounts(people=[person], at=NOON)
        users[kind] = person.user
        if kind == "speaker":
            named = chile.assembly.sessions.get(code="S00010")
            Participation.objects.create(session=named, person=person, role="speaker")
    publish(assembly=chile.assembly, by=None, at=AT, based_on=0, accepted={}, note="")
    return chile.assembly, users


@pytest.mark.django_db
@pytest.mark.parametrize("at", [AT, AT + timedelta(days=2)], ids=["embargo", "embargo over"])
def test_many_at_once_see_what_the_query_says_for_each(world, at):
    assembly, users = world
    people = crowd(assembly.pk, [])
    rows = list(PublishedSession.objects.values_list("code", "payload"))
    for name, user in users.items():
        owner = owner_of(user.pk, assembly.pk)
        if name.startswith("focal"):
            assert owner is None  # they have a list to keep, and no schedule
            continue
        by_query = set(PublishedSession.objects.visible_to(user, at).values_list("code", flat=True))
        by_rule = {code for code, p in rows if owner.person_id in people.may_know(p, at)}
        assert by_rule == by_query, name


@pytest.mark.django_db
def test_every_role_against_every_listing_and_audience(world, organiser, editor):
    _assembly, users = world
    by_listing = {
        listing: {f"S{5 * index + n:05d}" for n in range(5)}
        for index, listing in enumerate(Listing.values)
    }
    public, delegates, named, organisers = (by_listing[listing] for listing in Listing.values)
    expected = {
        "CL": public | delegates | named,
        "FR": public | delegates,
        "focal CL": public | delegates | named,
        "focal FR": public | delegates,
        "media": public,
        "speaker": public | {"S00010"},
        "staff": public | delegates,
        "observer": public | delegates,
    }
    seen = {
        name: set(PublishedSession.objects.visible_to(user, AT).values_list("code", flat=True))
        for name, user in users.items()
    }
    assert seen == expected
    strangers = PublishedSession.objects.visible_to(AnonymousUser(), AT)
    assert set(strangers.values_list("code", flat=True)) == public
    for user in (organiser, editor):
        all_of_it = PublishedSession.objects.visible_to(user, AT).values_list("code", flat=True)
        assert set(all_of_it) == public | delegates | named | organisers | {"SECRET"}


@pytest.mark.django_db
def test_a_withdrawn_member_sees_what_everybody_sees(world):
    _assembly, users = world
    delegate = Delegate.objects.get(delegation__country__code="CL")
    withdraw(delegate=delegate, by=None, at=NOON)
    codes = PublishedSession.objects.visible_to(users["CL"], AT).values_list("code", flat=True)
    assert set(codes) == {f"S{n:05d}" for n in range(5)}
