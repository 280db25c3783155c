"""Naming a delegate, taking one off the list, and putting one in the place of another."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from assembly.accounts.choices import Role
from assembly.accounts.models import User
from assembly.core import audit
from assembly.core.errors import PlannerError, StaleState
from assembly.delegations import policies
from assembly.delegations.facts import DelegateFacts
from assembly.delegations.models import Delegate, Delegation
from assembly.people.models import Person
from assembly.people.rules import name_key
from assembly.people.services import (
    Reopen,
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


class AskOrganisers(PlannerError):
    """The person is known as somebody else than a delegate of this member, or may not be seen."""

    def __init__(self) -> None:
        super().__init__(_("The organisers have to name this person. Write to them."))


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

    Somebody with the same names and date of birth is the same person; organisers alone may say so
    of anybody but a former delegate of the same member. Raises SeatsFull, HeadTaken,
    AlreadyDelegate, AskOrganisers, and CapacityTaken when the person comes in another capacity and
    no reason is given.
    """
    delegation = Delegation.objects.select_for_update().get(pk=delegation.pk)
    _refuse_a_twin(delegation, facts, by)
    person = _person(delegation, facts, protected, by, at)
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
    _give_account(delegation, person, by, at)
    facts_logged = {"delegation": delegation.code, "head": is_head}
    audit.record(by=by, verb="delegate named", target=delegate, at=at, facts=facts_logged)
    return delegate


@transaction.atomic
def withdraw(*, delegate: Delegate, by: User | None, at: datetime) -> None:
    """Take somebody off the list: frees the seat, ends the capacity and the account, is audited.

    Their sign-in and their calendar stop working at once. Raises StaleState when somebody else
    withdrew them first.
    """
    lock(delegate)
    active = Delegate.objects.active().filter(pk=delegate.pk)
    if not active.update(withdrawn_at=at, is_head=False, updated_at=at):
        raise StaleState(delegate, _("Somebody else withdrew this delegate already."))
    free_seat(delegate.delegation)
    give_up_capacity(capacity=delegate.capacity, by=by, at=at)
    end_account(person=delegate.person, by=by, at=at)
    _share_no_more(delegate, at)
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
    protected: bool = False,
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
        protected=protected,
    )


def lock(delegate: Delegate) -> None:
    """Hold the delegation until the transaction ends: all changes to its list wait for each other.

    The delegation first, then its delegates: in this order everywhere, so that nobody waits in a
    circle.
    """
    Delegation.objects.select_for_update().get(pk=delegate.delegation_id)


def take_seats(delegation: Delegation, count: int) -> None:
    """Count delegates in. The condition and the constraint let nobody exceed the seats."""
    free = Delegation.objects.filter(pk=delegation.pk, seats_taken__lte=F("seats") - count)
    if not free.update(seats_taken=F("seats_taken") + count):
        raise SeatsFull(delegation)


def free_seat(delegation: Delegation) -> None:
    Delegation.objects.filter(pk=delegation.pk).update(seats_taken=F("seats_taken") - 1)


def _refuse_a_twin(delegation: Delegation, facts: DelegateFacts, by: User | None) -> None:
    """The same name twice on one list is one person, unless the dates of birth differ."""
    same = Q(person__name_key=name_key(facts.given_name, facts.family_name))
    if facts.birth_date is not None:
        same &= Q(person__birth_date=facts.birth_date) | Q(person__birth_date__isnull=True)
    twin = delegation.delegates.active().filter(same).select_related("person").first()
    if twin is None:
        return
    if twin.person.protected and not _sees_protected(by):
        raise AskOrganisers
    raise AlreadyDelegate(_("Somebody of this name is on the list already."))


def _sees_protected(user: User | None) -> bool:
    return user is None or user.has_perm("people.see_protected")


def _person(
    delegation: Delegation, facts: DelegateFacts, protected: bool, by: User | None, at: datetime
) -> Person:
    """The person of these names and this date of birth, else a new one."""
    known = same_person(facts)
    if known is None:
        new = Person(display_name=facts.name, protected=protected, **facts.of_person)
        return save_person(person=new, by=by, at=at)
    if not policies.can_link(by) and (known.protected or not _was_theirs(delegation, known)):
        raise AskOrganisers
    if protected and not known.protected:
        known.protected = True
        save_person(person=known, by=by, at=at)
    return known


def _was_theirs(delegation: Delegation, person: Person) -> bool:
    """Whether all that is known of a person comes from delegations of the same member."""
    rows = Delegate.objects.filter(person=person).select_related("delegation")
    whose = {(row.delegation.country_id, row.delegation.organisation_id) for row in rows}
    if whose != {(delegation.country_id, delegation.organisation_id)}:
        return False
    if person.capacities.filter(delegate__isnull=True).exists():
        return False
    return person.user is None or (
        not person.user.is_staff and person.user.roles <= {Role.DELEGATE}
    )


def _give_account(delegation: Delegation, person: Person, by: User | None, at: datetime) -> None:
    """Open the account. A focal point speaks for the mailboxes of the own delegation alone."""
    if policies.can_link(by):
        give_accounts(people=[person], at=at, reopen=Reopen.ANY)
    else:
        give_accounts(people=[person], at=at, among=colleagues(delegation), reopen=Reopen.WITHDRAWN)


def colleagues(delegation: Delegation) -> list[int]:
    """The people on the list of a delegation, by key."""
    return list(delegation.delegates.active().values_list("person", flat=True))


def _share_no_more(delegate: Delegate, at: datetime) -> None:
    """A mailbox that was shared with the one who left may sign in the one who stays."""
    address = delegate.person.email
    if not address:
        return
    staying = Person.objects.filter(pk__in=colleagues(delegate.delegation), email=address)
    give_accounts(
        people=list(staying.select_related("user")),
        at=at,
        among=colleagues(delegate.delegation),
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
