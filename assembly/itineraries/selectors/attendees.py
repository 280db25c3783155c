"""People at an Assembly as the rules look at them: one, or everybody at once."""

from collections.abc import Collection
from dataclasses import dataclass

from assembly.accounts.models import User
from assembly.delegations.models import Delegate
from assembly.itineraries.models import Itinerary, SavedSession
from assembly.itineraries.rules import Attendee, Crowd
from assembly.people.choices import DELEGATE_LISTING, CapacityKind
from assembly.people.models import Capacity, Person


@dataclass(frozen=True)
class Owner:
    """Whose schedule it is: the person, what their schedule remembers, and who they are here."""

    person: Person
    itinerary: Itinerary | None
    attendee: Attendee
    delegation: str
    comes: bool

    @property
    def seen(self) -> int:
        return self.itinerary.seen if self.itinerary else 0

    @property
    def version(self) -> int:
        return self.itinerary.version if self.itinerary else 0


def owner_of(user: User, assembly_id: int) -> Owner | None:
    """The owner of the schedule this user opens; None for accounts without a person.

    One query for everybody who comes, one more for people who do not.
    """
    capacities = list(
        Capacity.objects.live()
        .filter(person__user=user, assembly=assembly_id)
        .select_related(
            "person__itinerary",
            "delegate__delegation__country",
            "delegate__delegation__organisation",
        )
    )
    if capacities:
        return _owner(capacities[0].person, capacities)
    person = Person.objects.filter(user=user).select_related("itinerary").first()
    return _owner(person, []) if person is not None else None


def owner_for(person: Person, assembly_id: int) -> Owner:
    """The same for a person somebody else looks at, a focal point say."""
    capacities = (
        Capacity.objects.live()
        .filter(person=person, assembly=assembly_id)
        .select_related("delegate__delegation__country", "delegate__delegation__organisation")
    )
    return _owner(person, list(capacities))


def _owner(person: Person, capacities: Collection[Capacity]) -> Owner:
    kinds = {capacity.kind for capacity in capacities}
    rows = [capacity.delegate for capacity in capacities if hasattr(capacity, "delegate")]
    delegate: Delegate | None = rows[0] if rows else None
    attendee = Attendee(
        person=person.pk,
        reference=str(person.uuid),
        attends=bool(kinds & set(DELEGATE_LISTING)),
        is_delegate=CapacityKind.DELEGATE in kinds,
        is_head=bool(delegate and delegate.is_head),
        delegation=delegate.delegation.code if delegate else "",
        region=delegate.delegation.region if delegate else "",
    )
    itinerary = getattr(person, "itinerary", None)
    name = str(delegate.delegation) if delegate else ""
    return Owner(person, itinerary, attendee, name, comes=bool(capacities))


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
        facts["is_head"] = facts.get("is_head") or bool(head)
        facts["delegation"] = facts.get("delegation") or code or organisation or ""
        facts["region"] = facts.get("region") or region or ""
    for facts in people.values():
        found.add(Attendee(**facts))  # type: ignore[arg-type]  # gathered just above
    saved = SavedSession.objects.filter(
        session__assembly=assembly_id, session__code__in=codes, person__in=people
    )
    for code, pk in saved.values_list("session__code", "person"):
        found.saved[code].add(pk)
    return found
