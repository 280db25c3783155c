"""Rows for tests, with the facts of Glasgow unless a test says otherwise."""

from datetime import UTC, date, datetime

import factory

from assembly.delegations.facts import DelegateFacts
from assembly.delegations.models import (
    Delegate,
    Delegation,
    MemberCountry,
    ObserverOrganisation,
)
from assembly.delegations.services import nominate
from assembly.editions.models import Assembly
from assembly.people.models import Person
from assembly.programme.choices import Listing, SessionKind, Status
from assembly.programme.models import Session
from venues.models import Room, Venue, Zone


class VenueFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Venue
        django_get_or_create = ("name",)

    name = "Scottish Event Campus"
    city = "Glasgow"


class ZoneFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Zone
        django_get_or_create = ("venue", "name")

    venue = factory.SubFactory(VenueFactory)
    name = "SEC Centre"


class RoomFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Room
        django_get_or_create = ("code",)

    zone = factory.SubFactory(ZoneFactory)
    venue = factory.SelfAttribute("zone.venue")
    code = "LOMOND"
    name = factory.LazyAttribute(lambda room: room.code.title())
    capacity = 624
    booths = 4


class AssemblyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Assembly
        django_get_or_create = ("number",)

    number = 92
    city = "Glasgow"
    country = "GB"
    first_day = date(2024, 11, 4)
    last_day = date(2024, 11, 7)
    timezone = "Europe/London"
    is_current = True


class SessionFactory(factory.django.DjangoModelFactory):
    """A confirmed public plenary on Tuesday at 09:30 in the Lomond Auditorium."""

    class Meta:
        model = Session

    assembly = factory.SubFactory(AssemblyFactory)
    code = factory.Sequence(lambda n: f"T{n:05d}")
    title = factory.LazyAttribute(lambda session: f"Session {session.code}")
    kind = SessionKind.PLENARY
    status = Status.CONFIRMED
    listing = Listing.PUBLIC
    starts_at = datetime(2024, 11, 5, 9, 30, tzinfo=UTC)
    minutes = 60
    room = factory.SubFactory(RoomFactory)


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person

    given_name = "Amina"
    family_name = factory.Sequence(lambda n: f"Speaker {n}")
    display_name = factory.LazyAttribute(lambda p: f"{p.given_name} {p.family_name}")


class MemberCountryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MemberCountry
        django_get_or_create = ("code",)

    code = "CL"
    name = "Chile"
    region = "Americas"


class ObserverFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ObserverOrganisation
        django_get_or_create = ("code",)

    code = "EUROPOL"
    name = "Europol"


class DelegationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Delegation

    assembly = factory.SubFactory(AssemblyFactory)
    country = factory.SubFactory(MemberCountryFactory)


def delegation_of(code: str, **fields) -> Delegation:
    """The delegation of a country, made with it where it is not there."""
    region = fields.pop("region", "Europe")
    country = MemberCountryFactory(code=code, name=f"Country {code}", region=region)
    return DelegationFactory(country=country, **fields)


def delegate_of(delegation: Delegation, name: str = "Amina Diallo", **facts) -> Delegate:
    """A delegate as a focal point would name one: through the service."""
    given, _space, family = name.partition(" ")
    is_head = facts.pop("is_head", False)
    protected = facts.pop("protected", False)
    return nominate(
        delegation=delegation,
        facts=DelegateFacts(given_name=given, family_name=family, **facts),
        is_head=is_head,
        protected=protected,
        by=None,
        at=datetime(2024, 10, 1, 12, 0, tzinfo=UTC),
    )
