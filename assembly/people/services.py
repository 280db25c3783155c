"""What can happen to a person: takes a capacity, gives it up, is renamed, is erased."""

from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assembly.accounts.models import User
from assembly.core import audit
from assembly.core.errors import PlannerError
from assembly.editions.models import Assembly
from assembly.people.models import Capacity, Person

SHOWN_ON_PAGES: Final = ("display_name", "protected")


class CapacityTaken(PlannerError):
    """The person already comes to this Assembly in another capacity, and no reason was given."""

    def __init__(self, held: list[Capacity]) -> None:
        kinds = ", ".join(capacity.get_kind_display() for capacity in held)
        super().__init__(
            _("Already there as: %(kinds)s. Give a reason to add a second capacity.")
            % {"kinds": kinds}
        )
        self.held = held


@transaction.atomic
def take_capacity(
    *,
    person: Person,
    assembly: Assembly,
    kind: str,
    by: User | None,
    at: datetime,
    override_reason: str | None = None,
) -> Capacity:
    """Let a person come in this capacity; writes the row and an audit entry.

    Asking again for a capacity the person has returns it. Raises CapacityTaken when another is
    live and `override_reason` is empty; two callers at once are settled by the constraint.
    """
    held = list(Capacity.objects.held_at(assembly).filter(person=person))
    for capacity in held:
        if capacity.kind == kind:
            return capacity
    reason = (override_reason or "").strip()
    if held and not reason:
        raise CapacityTaken(held)
    try:
        with transaction.atomic():
            capacity = Capacity.objects.create(
                person=person,
                assembly=assembly,
                kind=kind,
                override_reason=reason if held else "",
            )
    except IntegrityError:
        raise CapacityTaken(
            list(Capacity.objects.held_at(assembly).filter(person=person))
        ) from None
    facts = {"assembly": assembly.number, "kind": kind, "overridden": bool(held)}
    audit.record(by=by, verb="capacity taken", target=person, at=at, facts=facts)
    return capacity


@transaction.atomic
def give_up_capacity(*, capacity: Capacity, by: User | None, at: datetime) -> None:
    """End a capacity, so that the person may come in another; writes an audit entry."""
    if Capacity.objects.live().filter(pk=capacity.pk).update(ended_at=at, updated_at=at):
        facts = {"assembly": capacity.assembly.number, "kind": capacity.kind}
        audit.record(by=by, verb="capacity ended", target=capacity.person, at=at, facts=facts)


@transaction.atomic
def save_person(*, person: Person, by: User | None, at: datetime) -> Person:
    """Save a new or edited person; moves `renamed_at` when pages show something else now."""
    old: dict[str, Any] | None = (
        Person.objects.filter(pk=person.pk).values(*SHOWN_ON_PAGES).first() if person.pk else None
    )
    if old is None or any(old[field] != getattr(person, field) for field in SHOWN_ON_PAGES):
        person.renamed_at = at
    person.save()
    audit.record(by=by, verb="saved", target=person, at=at)
    return person


@transaction.atomic
def erase(*, person: Person, by: User | None, at: datetime) -> None:
    """Remove every fact about a person for good; the row and its references stay.

    Published revisions name people by reference, so the old ones lose the name as well.
    """
    person.given_name = person.family_name = person.email = ""
    person.display_name = ""
    person.birth_date = person.user = None
    person.erased_at = person.renamed_at = at
    person.save()
    audit.record(by=by, verb="erased", target=person, at=at)
