"""The account a person signs in with, and the address that may sign it in."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from enum import Enum
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from assembly.accounts import services as accounts
from assembly.accounts.choices import Role
from assembly.accounts.models import User
from assembly.people.models import Capacity, Person


class Reopen(Enum):
    """Which closed accounts open again: none, those of the withdrawn, or any."""

    NONE = "none"
    WITHDRAWN = "withdrawn"
    ANY = "any"


@transaction.atomic
def give_accounts(
    *,
    people: Collection[Person],
    at: datetime,
    among: Collection[int] | None = None,
    reopen: Reopen = Reopen.NONE,
) -> None:
    """Bring the accounts of these people up to date, new ones where they have none.

    An address signs somebody in only while nobody else who comes gave it: colleagues who share a
    mailbox sign in with a printed code. `among` are the keys of the people whose mailbox it can be;
    an address that signs in anybody else stays theirs, and the newcomer gets none. Without it all
    are colleagues, as when organisers say so. Staff and focal points keep the address they have.

    Two who give the same address to two people at once are settled by the constraint: the later one
    looks again, and finds it taken.
    """
    before = {person: person.user for person in people}
    try:
        with transaction.atomic():
            _give(people, at, among, reopen)
    except IntegrityError:
        for person, user in before.items():
            person.user = user
        _give(people, at, among, reopen)


def _give(
    people: Collection[Person], at: datetime, among: Collection[int] | None, reopen: Reopen
) -> None:
    addresses = {person.email for person in people if person.email}
    shared = _shared(addresses)
    common = shared if among is None else _shared(addresses, among)
    _give_up(common, among)
    owners = dict(User.objects.filter(email__in=addresses).values_list("email", "pk"))
    keepers = set(
        User.objects.filter(
            groups__name=Role.FOCAL_POINT, pk__in=[p.user_id for p in people if p.user_id]
        ).values_list("pk", flat=True)
    )
    closed = {p.user_id for p in people if p.user and not p.user.is_active}
    opens = _may_reopen(closed, reopen)
    new: list[Person] = []
    kept: list[User] = []
    for person in people:
        owner = owners.get(person.email)
        holds = owner is not None and owner == person.user_id
        free = person.email and person.email not in shared and owner is None
        address = person.email if free or (holds and person.email not in common) else None
        if person.user is None:
            person.user = User(email=address, date_joined=at)
            person.user.set_unusable_password()
            new.append(person)
        elif person.user.is_staff or person.user_id in closed - opens:
            continue
        else:
            kept.append(person.user)
            address = person.user.email if person.user_id in keepers else address
        _bring_up_to_date(person.user, person, address)
    made = User.objects.bulk_create(person.user for person in new if person.user)
    User.objects.bulk_update(kept, ["email", "name", "language", "protected"])
    User.objects.filter(pk__in=opens).update(is_active=True)
    Person.objects.bulk_update(new, ["user"])
    _let_in([*made, *kept])


def _may_reopen(closed: Collection[Any], reopen: Reopen) -> set[Any]:
    """Of these closed accounts, those that may open again.

    An account that closed because its owner was withdrawn still has the role; one that an organiser
    off-boarded has none, and a focal point does not bring it back.
    """
    if reopen is Reopen.ANY or not closed:
        return set(closed) if reopen is Reopen.ANY else set()
    if reopen is Reopen.NONE:
        return set()
    withdrawn = User.objects.filter(pk__in=closed, groups__name=Role.DELEGATE)
    return set(withdrawn.values_list("pk", flat=True))


def _bring_up_to_date(user: User, person: Person, address: str | None) -> None:
    user.email = address
    user.name = person.display_name
    user.language = person.language
    user.protected = person.protected


def _shared(addresses: Collection[str], among: Collection[int] | None = None) -> set[str]:
    """Those of these addresses that more than one gave, of all who come or of those among them."""
    coming = Capacity.objects.live().values("person")
    found = Person.objects.filter(email__in=addresses, erased_at__isnull=True, pk__in=coming)
    if among is not None:
        found = found.filter(pk__in=among)
    counts = Counter(found.values_list("email", flat=True).order_by())
    return {email for email, count in counts.items() if count > 1}


def _give_up(shared: Collection[str], among: Collection[int] | None) -> None:
    """A mailbox that is shared from now on signs nobody in who is a delegate and no more."""
    only_delegates = User.objects.filter(email__in=shared, is_staff=False, person__isnull=False)
    if among is not None:
        only_delegates = only_delegates.filter(person__in=among)
    keys = list(only_delegates.exclude(groups__name=Role.FOCAL_POINT).values_list("pk", flat=True))
    EmailAddress.objects.filter(user__in=keys).delete()
    User.objects.filter(pk__in=keys).update(email=None)


def _let_in(users: Collection[User]) -> None:
    """Their role, and the address as one that allauth knows."""
    keys = [user.pk for user in users]
    role = Group.objects.get_or_create(name=Role.DELEGATE)[0]
    membership = User.groups.through
    membership._default_manager.bulk_create(
        [membership(user_id=key, group_id=role.pk) for key in keys], ignore_conflicts=True
    )
    EmailAddress.objects.filter(user__in=keys).delete()
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True)
        for user in users
        if user.email
    )


@transaction.atomic
def end_account(*, person: Person, by: User | None, at: datetime) -> None:
    """Sign a person out for good who is a delegate no more.

    Whoever still comes in another capacity keeps the account, and so does a focal point, who loses
    the delegate's role alone. A closed account keeps the role, which says that it may open again.
    """
    user = person.user
    if user is None or user.is_staff:
        return
    still = Capacity.objects.live().filter(person=person, assembly__last_day__gte=at.date())
    if still.exists():
        return
    if user.roles <= {Role.DELEGATE}:
        accounts.close(user=user, by=by, at=at)
    else:
        user.groups.remove(*Group.objects.filter(name=Role.DELEGATE))
