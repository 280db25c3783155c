"""Naming, replacing and withdrawing delegates; the last seat and the second head."""

from datetime import date
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from assembly.accounts.models import User
from assembly.core.errors import StaleState
from assembly.core.models import AuditEntry
from assembly.delegations import services
from assembly.delegations.facts import DelegateFacts
from assembly.delegations.models import Delegate, Delegation
from assembly.people.models import Capacity, Person
from assembly.people.services import CapacityTaken, take_capacity
from tests.conftest import NOON
from tests.factories import (
    DelegationFactory,
    ObserverFactory,
    PersonFactory,
    delegate_of,
    delegation_of,
)
from tests.racing import race, type_names

pytestmark = pytest.mark.django_db
BORN = date(1980, 2, 29)


def nominate(delegation, family="Diallo", is_head=False, **options):
    given = options.pop("given_name", "Amina")
    reason = options.pop("override_reason", "")
    return services.nominate(
        delegation=delegation,
        facts=DelegateFacts(given_name=given, family_name=family, **options),
        is_head=is_head,
        by=None,
        at=NOON,
        override_reason=reason,
    )


def taken(delegation: Delegation) -> int:
    return Delegation.objects.get(pk=delegation.pk).seats_taken


def test_naming_takes_a_seat_and_a_capacity_opens_an_account_and_is_audited():
    delegation = delegation_of("CL")
    delegate = nominate(delegation, is_head=True, email="amina@police.example", languages=("fr",))
    assert (delegate.badge_name, delegate.is_head, delegate.languages) == (
        "Amina Diallo",
        True,
        ["fr"],
    )
    assert (taken(delegation), delegate.capacity.kind) == (1, "delegate")
    assert delegate.person.user.email == "amina@police.example"
    entry = AuditEntry.objects.get(verb="delegate named")
    assert (entry.facts, "Amina" in str(entry.facts)) == ({"delegation": "CL", "head": True}, False)


def test_members_of_an_observer_come_as_observers():
    delegation = DelegationFactory(country=None, organisation=ObserverFactory(), may_vote=False)
    assert nominate(delegation).capacity.kind == "observer"


def test_seats_are_never_exceeded():
    delegation = delegation_of("CL", seats=1)
    nominate(delegation)
    with pytest.raises(services.SeatsFull):
        nominate(delegation, "Haddad")
    assert (taken(delegation), Person.objects.count(), User.objects.count()) == (1, 1, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.filter(pk=delegation.pk).update(seats_taken=2)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_for_the_last_seat_one_gets_it():
    delegation = delegation_of("CL", seats=1)
    results = race(partial(nominate, delegation, "Diallo"), partial(nominate, delegation, "Haddad"))
    assert type_names(results) == ["Delegate", "SeatsFull"]
    assert (taken(delegation), Delegate.objects.active().count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_give_the_same_address_at_once_one_signs_in_by_it():
    results = race(
        *[
            partial(delegate_of, delegation_of(code), f"A P{code}", email="x@police.example")
            for code in ("CL", "FR")
        ]
    )
    assert type_names(results) == ["Delegate", "Delegate"]
    addresses = [delegate.person.user.email for delegate in Delegate.objects.all()]
    assert addresses in ([None, None], ["x@police.example", None], [None, "x@police.example"])
    assert User.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_heads_at_once_one_is_head_and_the_other_is_not_named():
    delegation = delegation_of("CL")
    results = race(
        partial(nominate, delegation, "Diallo", is_head=True),
        partial(nominate, delegation, "Haddad", is_head=True),
    )
    assert type_names(results) == ["Delegate", "HeadTaken"]
    assert (taken(delegation), Delegate.objects.filter(is_head=True).count()) == (1, 1)


def test_the_same_name_twice_on_one_list_is_refused_unless_the_birth_dates_differ():
    delegation = delegation_of("CL")
    nominate(delegation, birth_date=BORN)
    with pytest.raises(services.AlreadyDelegate):
        nominate(delegation, "AMINA", given_name="diallo", birth_date=BORN)
    with pytest.raises(services.AlreadyDelegate):
        nominate(delegation)
    nominate(delegation, birth_date=date(1990, 1, 1))
    assert taken(delegation) == 2


def test_one_person_is_in_one_delegation():
    nominate(delegation_of("CL"), birth_date=BORN)
    other = delegation_of("FR")
    with pytest.raises(services.AlreadyDelegate) as refusal:
        nominate(other, birth_date=BORN)
    assert refusal.value.message == "This person is in another delegation already."
    assert taken(other) == 0


def test_somebody_who_comes_as_media_needs_a_reason_which_is_kept():
    delegation = delegation_of("CL")
    person = PersonFactory(given_name="Amina", family_name="Diallo", birth_date=BORN)
    take_capacity(person=person, assembly=delegation.assembly, kind="media", by=None, at=NOON)
    with pytest.raises(CapacityTaken) as refusal:
        nominate(delegation, birth_date=BORN)
    assert refusal.value.message == (
        "Already there as: Media. Give a reason to add a second capacity."
    )
    delegate = nominate(delegation, birth_date=BORN, override_reason="Left the newspaper")
    assert (delegate.person, delegate.capacity.override_reason) == (person, "Left the newspaper")


def test_withdrawing_frees_the_seat_and_ends_capacity_and_account(as_user):
    delegation = delegation_of("CL", seats=1)
    delegate = nominate(delegation, is_head=True)
    phone = as_user(delegate.person.user)
    services.withdraw(delegate=delegate, by=None, at=NOON)
    assert (taken(delegation), Capacity.objects.live().count()) == (0, 0)
    assert User.objects.get().is_active is False
    assert phone.get("/account/").status_code == 302
    nominate(delegation, "Haddad", is_head=True)
    with pytest.raises(StaleState):
        services.withdraw(delegate=delegate, by=None, at=NOON)
    assert taken(delegation) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_withdraw_the_same_delegate_one_frees_the_seat():
    delegation = delegation_of("CL")
    delegate, _other = nominate(delegation), nominate(delegation, "Haddad")
    results = race(*[partial(services.withdraw, delegate=delegate, by=None, at=NOON)] * 2)
    assert type_names(results) == ["NoneType", "StaleState"]
    assert taken(delegation) == 1


def test_who_was_withdrawn_can_be_named_again_and_has_an_open_account():
    delegation = delegation_of("CL")
    delegate = nominate(delegation, birth_date=BORN)
    services.withdraw(delegate=delegate, by=None, at=NOON)
    again = nominate(delegation, birth_date=BORN)
    assert (again.person, again.pk == delegate.pk) == (delegate.person, False)
    user = User.objects.get()
    assert (user.is_active, user.roles) == (True, {"delegate"})


def test_a_replacement_takes_over_seat_and_headship_or_nothing_happens():
    delegation = delegation_of("CL", seats=1)
    delegate = nominate(delegation, is_head=True)
    facts = DelegateFacts(given_name="Omar", family_name="Haddad")
    named = services.replace(delegate=delegate, facts=facts, by=None, at=NOON)
    assert (named.is_head, taken(delegation)) == (True, 1)

    elsewhere = delegate_of(delegation_of("FR"), "Rosa Luna", birth_date=BORN)
    facts = DelegateFacts(given_name="Rosa", family_name="Luna", birth_date=BORN)
    with pytest.raises(services.AlreadyDelegate):
        services.replace(delegate=named, facts=facts, by=None, at=NOON)
    named.refresh_from_db()
    assert (named.withdrawn_at, named.is_head, taken(delegation)) == (None, True, 1)
    assert elsewhere.withdrawn_at is None


def test_the_database_refuses_a_second_delegation_and_a_delegation_of_nobody():
    first = delegation_of("CL")
    for fields in ({"country": first.country}, {"country": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DelegationFactory(assembly=first.assembly, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        DelegationFactory(
            assembly=first.assembly, country=None, organisation=ObserverFactory(), may_vote=True
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.filter(pk=first.pk).update(may_vote=False)
