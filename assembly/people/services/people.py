"""Saving a person, and erasing one."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from assembly.accounts import services as accounts
from assembly.accounts.choices import Role
from assembly.accounts.models import User
from assembly.core import audit
from assembly.outbox.services import forget as forget_messages
from assembly.people.models import Person

SHOWN_ON_PAGES: Final = ("display_name", "protected")


@transaction.atomic
def save_person(*, person: Person, by: User | None, at: datetime) -> Person:
    """Save a new or edited person; moves `renamed_at` when pages show something else now."""
    old: dict[str, Any] | None = (
        Person.objects.filter(pk=person.pk).values(*SHOWN_ON_PAGES).first() if person.pk else None
    )
    if old is None or any(old[field] != getattr(person, field) for field in SHOWN_ON_PAGES):
        person.renamed_at = at
    person.save()
    if person.user is not None:
        User.objects.filter(pk=person.user_id).update(
            protected=person.protected, language=person.language
        )
    audit.record(by=by, verb="saved", target=person, at=at)
    return person


@transaction.atomic
def erase(*, person: Person, by: User | None, at: datetime) -> None:
    """Remove every fact about a person for good; the row and its references stay.

    Published revisions name people by reference, so the old ones lose the name as well. Their
    account is closed and emptied, mail to it too, and the admin's own log forgets the name. An
    account with another role, a focal point's say, stays until that role ends.
    """
    if person.user is not None and person.user.roles <= {Role.DELEGATE}:
        accounts.forget(user=person.user, by=by, at=at)
    elif person.user is not None:
        person.user.groups.remove(*Group.objects.filter(name=Role.DELEGATE))
    person.given_name = person.family_name = person.email = ""
    person.display_name = ""
    person.birth_date = person.user = None
    person.erased_at = person.renamed_at = at
    person.save()
    forget_messages(user_id=person.mail_key)
    forget_in_admin_log(Person, [person.pk])
    audit.record(by=by, verb="erased", target=person, at=at)


@transaction.atomic
def forget_birth_dates(*, people: Collection[int], at: datetime) -> int:
    """Empty the date of birth of these people, by key; returns how many had one."""
    born = Person.objects.filter(pk__in=people, birth_date__isnull=False)
    return born.update(birth_date=None, updated_at=at)


def forget_in_admin_log(model: type[Any], keys: Collection[int]) -> None:
    """The admin notes what it saved by name; take the names out of those notes."""
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model),
        object_id__in=[str(key) for key in keys],
    )
    entries.update(object_repr="", change_message="")
