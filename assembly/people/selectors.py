"""Who may be the same person twice."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from assembly.accounts.models import User
from assembly.people.models import Person


@dataclass(frozen=True)
class Twin:
    """Another person who may be the same one, and what speaks for it."""

    person: Person
    same_name_and_birth_date: bool
    same_email: bool


def likely_twins(person: Person, *, seen_by: User | AnonymousUser) -> list[Twin]:
    """Others with the same names (in any order) and birth date, or the same address.

    Protected people are left out unless `seen_by` may see them. An address alone is weak
    evidence: national bureaux share mailboxes.
    """
    same_name = Q(name_key=person.name_key, birth_date=person.birth_date) & ~Q(name_key="")
    if person.birth_date is None:
        same_name = Q(pk__in=[])
    same_email = Q(email__iexact=person.email) if person.email else Q(pk__in=[])
    others = Person.objects.visible_to(seen_by).filter(same_name | same_email)
    return [
        Twin(
            other,
            same_name_and_birth_date=bool(
                person.birth_date
                and other.birth_date == person.birth_date
                and other.name_key == person.name_key
            ),
            same_email=bool(person.email) and other.email.lower() == person.email.lower(),
        )
        for other in others.exclude(pk=person.pk).order_by("pk")
    ]
