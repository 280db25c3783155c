"""Taking a capacity at an Assembly, and giving it up."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assembly.accounts.models import User
from assembly.core import audit
from assembly.core.errors import PlannerError
from assembly.editions.models import Assembly
from assembly.people.models import Capacity, Person


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
