"""Naming a delegate, taking one off the list, and putting one in the place of another."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from assembly.accounts.models import User
from assembly.core import audit
from assembly.core.errors import PlannerError, StaleState
from assembly.delegations.facts import DelegateFacts
from assembly.delegations.models import Delegate, Delegation
from assembly.people.models import Person
from assembly.people.rules import name_key
from assembly.people.services import (
    end_account,
    give_accounts,
    give_up_capacity,
    save_person,
    take_capacity,
)


class SeatsFull(PlannerError):
    """Every seat of the delegation is taken."""

    def __init__(self, delegation: Delegation) -> None:
        words = _("All %(seats)s seats are taken. Withdraw or replace somebody, or ask for more.")
        super().__init__(words % {"seats": delegation.seats})


class HeadTaken(PlannerError):
    """The delegation has another head."""

    def __init__(self) -> None:
        super().__init__(_("The delegation has a head already. Name this person as delegate."))


class AlreadyDelegate(PlannerError):
    """The same person is on a list already: this one, or another delegation's."""


@transaction.atomic
def nominate(
    *,
    delegation: Delegation,
    facts: DelegateFacts,
    is_head: bool,
    by: User | None,
    at: datetime,
    override_reason: str = "",
    protected: bool = False,
) -> Delegate:
    """Put somebody on the list: takes a seat and the capacity, opens their account, is audited.

    Somebody with the same names and date of birth is the same person. Raises SeatsFull, HeadTaken,
    AlreadyDelegate, and CapacityTaken when they come in another capacity and no reason is given.
    """
    delegation = Delegation.objects.select_for_update().get(pk=delegation.pk)
    _refuse_a_twin(delegation, facts)
    person = _person(facts, protected, by, at)
    capacity = take_capacity(
        person=person,
        assembly=delegation.assembly,
        kind=delegation.capacity_kind,
        by=by,
        at=at,
        override_reason=override_reason,
    )
    if Delegate.objects.filter(capacity=capacity).exists():
        raise AlreadyDelegate(_("This person is in another delegation already."))
    take_seats(delegation, 1)
    try:
        with transaction.atomic():
            delegate = Delegate.objects.create(
                delegation=delegation,
                person=person,
                capacity=capacity,
                is_head=is_head,
                **facts.of_delegate,
            )
    except IntegrityError:
        raise HeadTaken from None
    give_accounts(people=[person], at=at)
    facts_logged = {"delegation": delegation.code, "head": is_head}
    audit.record(by=by, verb="delegate named", target=delegate, at=at, facts=facts_logged)
    return delegate


@transaction.atomic
def withdraw(*, delegate: Delegate, by: User | None, at: datetime) -> None:
    """Take somebody off the list: frees the seat, ends the capacity and the account, is audited.

    Their sign-in and their calendar stop working at once. Raises StaleState when somebody else
    withdrew them first.
    """
    active = Delegate.objects.active().filter(pk=delegate.pk)
    if not active.update(withdrawn_at=at, is_head=False, updated_at=at):
        raise StaleState(delegate, _("Somebody else withdrew this delegate already."))
    free_seat(delegate.delegation)
    give_up_capacity(capacity=delegate.capacity, by=by, at=at)
    end_account(person=delegate.person, by=by, at=at)
    facts = {"delegation": delegate.delegation.code}
    audit.record(by=by, verb="delegate withdrawn", target=delegate, at=at, facts=facts)


@transaction.atomic
def replace(
    *,
    delegate: Delegate,
    facts: DelegateFacts,
    by: User | None,
    at: datetime,
    override_reason: str = "",
) -> Delegate:
    """Somebody else comes instead and takes over seat and headship; both or neither happens."""
    was_head = delegate.is_head
    withdraw(delegate=delegate, by=by, at=at)
    return nominate(
        delegation=delegate.delegation,
        facts=facts,
        is_head=was_head,
        by=by,
        at=at,
        override_reason=override_reason,
    )


def take_seats(delegation: Delegation, count: int) -> None:
    """Count delegates in. The condition and the constraint let nobody exceed the seats."""
    free = Delegation.objects.filter(pk=delegation.pk, seats_taken__lte=F("seats") - count)
    if not free.update(seats_taken=F("seats_taken") + count):
        raise SeatsFull(delegation)


def free_seat(delegation: Delegation) -> None:
    Delegation.objects.filter(pk=delegation.pk).update(seats_taken=F("seats_taken") - 1)


def _refuse_a_twin(delegation: Delegation, facts: DelegateFacts) -> None:
    """The same name twice on one list is one person, unless the dates of birth differ."""
    same = Q(person__name_key=name_key(facts.given_name, facts.family_name))
    if facts.birth_date is not None:
        same &= Q(person__birth_date=facts.birth_date) | Q(person__birth_date__isnull=True)
    if delegation.delegates.active().filter(same).exists():
        raise AlreadyDelegate(_("Somebody of this name is on the list already."))


def _person(facts: DelegateFacts, protected: bool, by: User | None, at: datetime) -> Person:
    """The person of these names and this date of birth, else a new one."""
    known = same_person(facts)
    if known is not None:
        return known
    return save_person(
        person=Person(display_name=facts.name, protected=protected, **facts.of_person),
        by=by,
        at=at,
    )


def same_person(facts: DelegateFacts) -> Person | None:
    """Somebody with the same names, in any order, and the same date of birth."""
    if facts.birth_date is None:
        return None
    return (
        Person.objects.filter(
            name_key=name_key(facts.given_name, facts.family_name),
            birth_date=facts.birth_date,
            erased_at__isnull=True,
        )
        .select_related("user")
        .order_by("pk")
        .first()
    )
