"""What an import is held against: delegations, delegates, people; in a fixed number of queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings

from assembly.delegations.models import (
    Delegate,
    Delegation,
    MemberCountry,
    ObserverOrganisation,
)
from assembly.editions.models import Assembly
from assembly.people.models import Capacity, Person

Key = tuple[str, date | None]


@dataclass
class Known:
    """The rows a file is compared with. `parties` finds a code by code or name, in any language."""

    parties: dict[str, str]
    names: dict[str, str]
    delegations: dict[str, Delegation]
    members: dict[str, dict[str, list[Delegate]]]  # by delegation and name key
    by_reference: dict[str, Delegate]
    people: dict[Key, Person]
    held: dict[int, list[Capacity]] = field(default_factory=dict)

    def on_list(self, code: str, key: str, born: date | None) -> Delegate | None:
        """The delegate of this name on this list; dates of birth decide where both are known."""
        for delegate in self.members.get(code, {}).get(key, []):
            theirs = delegate.person.birth_date
            if born is None or theirs is None or born == theirs:
                return delegate
        return None


def known(assembly: Assembly, keys: Collection[str], born: Collection[date]) -> Known:
    """Everything rows with these name keys and dates of birth are held against."""
    delegations = {
        d.code: d for d in Delegation.objects.of(assembly).select_related("country", "organisation")
    }
    parties, names = _parties()
    delegates = list(
        Delegate.objects.of(assembly)
        .active()
        .select_related("person__user", "delegation__country", "delegation__organisation")
    )
    members: dict[str, dict[str, list[Delegate]]] = {}
    for delegate in delegates:
        list_of = members.setdefault(delegate.delegation.code, {})
        list_of.setdefault(delegate.person.name_key, []).append(delegate)
    people = Person.objects.filter(birth_date__in=set(born), erased_at__isnull=True).select_related(
        "user"
    )
    found = {
        (person.name_key, person.birth_date): person
        for person in people.order_by("-pk")
        if person.name_key in keys
    }
    return Known(
        parties=parties,
        names=names,
        delegations=delegations,
        members=members,
        by_reference={str(delegate.uuid): delegate for delegate in delegates},
        people=found,
        held=_held(assembly, [person.pk for person in found.values()]),
    )


def _parties() -> tuple[dict[str, str], dict[str, str]]:
    """Codes by code and by every name, and the name of each code."""
    parties: dict[str, str] = {}
    names: dict[str, str] = {}
    every: Iterable[Any] = [*MemberCountry.objects.all(), *ObserverOrganisation.objects.all()]
    for party in every:
        names[party.code] = str(party)
        parties[party.code.casefold()] = party.code
        for language, _label in settings.LANGUAGES:
            name = getattr(party, f"name_{language}")
            if name:
                parties.setdefault(name.casefold(), party.code)
    return parties, names


def _held(assembly: Assembly, people: Collection[int]) -> dict[int, list[Capacity]]:
    held: dict[int, list[Capacity]] = {}
    capacities = Capacity.objects.held_at(assembly).filter(person__in=people)
    for capacity in capacities.select_related("delegate__delegation__country"):
        held.setdefault(capacity.person_id, []).append(capacity)
    return held
