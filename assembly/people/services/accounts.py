"""The account a person signs in with, and the address that may sign it in."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

from assembly.accounts import services as accounts
from assembly.accounts.choices import Role
from assembly.accounts.models import User
from assembly.people.models import Person


@transaction.atomic
def give_accounts(*, people: Collection[Person], at: datetime) -> None:
    """See that each of these people has an open account as a delegate; a fixed number of queries.

    An address signs somebody in only while nobody else gave it: colleagues who share a mailbox,
    and people without one, sign in with a printed code. Staff keep the account they have.
    """
    addresses = {person.email for person in people if person.email}
    shared = _shared(addresses)
    _give_up(shared)
    owners = dict(User.objects.filter(email__in=addresses - shared).values_list("email", "pk"))
    new: list[Person] = []
    kept: list[User] = []
    for person in people:
        owner = owners.get(person.email)
        free = person.email and person.email not in shared and owner in (None, person.user_id)
        address = person.email if free else None
        if person.user is None:
            person.user = User(email=address, date_joined=at)
            person.user.set_unusable_password()
            new.append(person)
        elif person.user.is_staff:
            continue
        else:
            kept.append(person.user)
        _bring_up_to_date(person.user, person, address)
    made = User.objects.bulk_create(person.user for person in new if person.user)
    User.objects.bulk_update(kept, ["email", "name", "language", "protected", "is_active"])
    Person.objects.bulk_update(new, ["user"])
    _let_in([*made, *kept])


def _bring_up_to_date(user: User, person: Person, address: str | None) -> None:
    user.email = address
    user.name = person.display_name
    user.language = person.language
    user.protected = person.protected
    user.is_active = True


def _shared(addresses: Collection[str]) -> set[str]:
    """Those of these addresses that more than one living row of people has."""
    found = Person.objects.filter(email__in=addresses, erased_at__isnull=True)
    counts = Counter(found.values_list("email", flat=True))
    return {email for email, count in counts.items() if count > 1}


def _give_up(shared: Collection[str]) -> None:
    """A mailbox that is shared from now on signs nobody in who is a delegate and no more."""
    only_delegates = User.objects.filter(email__in=shared, is_staff=False, person__isnull=False)
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
    """Sign a person out for good who is a delegate no more; other roles they have stay theirs."""
    if person.user is None:
        return
    if person.user.roles <= {Role.DELEGATE}:
        accounts.off_board(user=person.user, by=by, at=at)
    else:
        person.user.groups.remove(*Group.objects.filter(name=Role.DELEGATE))
