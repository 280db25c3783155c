"""People at an Assembly as the rules look at them: one, or everybody at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language

from assembly.accounts.models import User, roles_of
from assembly.core.compiled import CompiledQuery, stored
from assembly.itineraries.models import SavedSession
from assembly.itineraries.rules import Attendee, Crowd
from assembly.people.choices import DELEGATE_LISTING, CapacityKind
from assembly.people.models import Capacity, Person


@dataclass(frozen=True)
class Reader:
    """Who asks for a schedule. The account itself is loaded only when somebody needs it."""

    pk: UUID

    @cached_property
    def user(self) -> User:
        return User.objects.get(pk=self.pk)

    @cached_property
    def roles(self) -> frozenset[str]:
        return roles_of(self.pk)

    @classmethod
    def signed_in(cls, user: User) -> "Reader":
        """For a user who is loaded already."""
        reader = cls(user.pk)
        reader.__dict__.update(user=user, roles=user.roles)
        return reader


@dataclass(frozen=True)
class Owner:
    """Whose schedule it is: what it remembers, and who they are at this Assembly.

    `seen` is the revision they said they saw, `version` moves with what they choose.
    """

    person_id: int
    assembly_id: int
    user_id: UUID | None
    reference: str
    name: str
    seen: int
    version: int
    attendee: Attendee
    delegation: str = ""
    comes: bool = False

    @cached_property
    def person(self) -> Person:
        """The row, for those who change something."""
        return Person.objects.select_related("user").get(pk=self.person_id)


_NAMES: Final = tuple(f"name_{code}" for code, _label in settings.LANGUAGES)
_COLUMNS: Final = (
    "person",
    "person__user",
    "person__uuid",
    "person__display_name",
    "person__itinerary__seen",
    "person__itinerary__seen_at",
    "person__itinerary__version",
    "kind",
    "delegate__is_head",
    "delegate__delegation__country__code",
    "delegate__delegation__country__region",
    "delegate__delegation__organisation__code",
    *(f"delegate__delegation__country__{name}" for name in _NAMES),
    *(f"delegate__delegation__organisation__{name}" for name in _NAMES),
)


def _capacities(**whose: Any) -> "QuerySet[Capacity, Any]":
    # A plain QuerySet: modeltranslation's manager has nothing to do here.
    return (
        QuerySet(Capacity)
        .filter(ended_at__isnull=True, **whose)
        .order_by("pk")
        .values_list(*_COLUMNS)
    )


_OF_USER: Final = CompiledQuery(
    lambda user, assembly: _capacities(person__user=user, assembly=assembly), "user", "assembly"
)


def owner_of(user: UUID, assembly_id: int) -> Owner | None:
    """The owner of the schedule that the user with this key opens; None for whoever has none.

    One query for everybody who comes, one more for people who do not.
    """
    rows = _OF_USER.rows(user=stored(User._meta.pk, user), assembly=assembly_id)
    if rows:
        return _owner(rows, assembly_id)
    person = Person.objects.filter(user=user).select_related("itinerary").first()
    return _stranger(person, assembly_id) if person is not None else None


def owner_for(person: Person, assembly_id: int) -> Owner:
    """The same for a person somebody else looks at, a focal point say."""
    rows = list(_capacities(person=person.pk, assembly=assembly_id))
    return _owner(rows, assembly_id) if rows else _stranger(person, assembly_id)


def _stranger(person: Person, assembly_id: int) -> Owner:
    """Somebody who does not come to this Assembly."""
    itinerary = getattr(person, "itinerary", None)
    return Owner(
        person_id=person.pk,
        assembly_id=assembly_id,
        user_id=person.user_id,
        reference=str(person.uuid),
        name=person.display_name,
        seen=itinerary.seen if itinerary and itinerary.seen_at_id == assembly_id else 0,
        version=itinerary.version if itinerary else 0,
        attendee=Attendee(person.pk, str(person.uuid)),
    )


def _owner(rows: Sequence[tuple[Any, ...]], assembly_id: int) -> Owner:
    """Several rows are several capacities of one person."""
    pk, user, reference, name, seen, seen_at, version = rows[0][:7]
    kinds = {row[7] for row in rows}
    head, country, region, organisation, *names = max(
        (row[8:] for row in rows), key=lambda facts: facts[0] is not None
    )
    attendee = Attendee(
        person=pk,
        reference=str(reference),
        attends=bool(kinds & set(DELEGATE_LISTING)),
        is_delegate=CapacityKind.DELEGATE in kinds,
        is_head=bool(head),
        delegation=country or organisation or "",
        region=region or "",
    )
    return Owner(
        person_id=pk,
        assembly_id=assembly_id,
        user_id=user,
        reference=str(reference),
        name=name,
        seen=(seen or 0) if seen_at == assembly_id else 0,
        version=version or 0,
        attendee=attendee,
        delegation=_party(names),
        comes=True,
    )


def _party(names: Sequence[str | None]) -> str:
    """The delegation's name in the current language, else in English; countries come first."""
    languages = [code for code, _label in settings.LANGUAGES]
    wanted = languages.index((get_language() or "en")[:2])
    for start in (0, len(languages)):
        if found := names[start + wanted] or names[start]:
            return found
    return ""


def crowd(assembly_id: int, codes: Collection[str]) -> Crowd:
    """Everybody who comes, and who saved which of these sessions; two queries."""
    found = Crowd()
    people: dict[int, dict[str, object]] = {}
    rows = Capacity.objects.live().filter(assembly=assembly_id, person__erased_at__isnull=True)
    for pk, reference, kind, head, code, region, organisation in rows.values_list(
        "person",
        "person__uuid",
        "kind",
        "delegate__is_head",
        "delegate__delegation__country__code",
        "delegate__delegation__country__region",
        "delegate__delegation__organisation__code",
    ):
        facts = people.setdefault(pk, {"person": pk, "reference": str(reference)})
        facts["attends"] = facts.get("attends") or kind in DELEGATE_LISTING
        facts["is_delegate"] = facts.get("is_delegate") or kind == CapacityKind.DELEGATE
        facts["is_media"] = facts.get("is_media") or kind == CapacityKind.MEDIA
        facts["is_head"] = facts.get("is_head") or bool(head)
        facts["delegation"] = facts.get("delegation") or code or organisation or ""
        facts["region"] = facts.get("region") or region or ""
    for facts in people.values():
        found.add(Attendee(**facts))  # type: ignore[arg-type]  # gathered just above
    saved = SavedSession.objects.filter(session__assembly=assembly_id, session__code__in=codes)
    for code, pk in saved.values_list("session__code", "person").order_by():
        if pk in people:
            found.saved[code].add(pk)
    return found
