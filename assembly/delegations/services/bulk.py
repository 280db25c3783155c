"""Writing the rows of an import: many at once, in few queries however many they are."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from assembly.core import progress
from assembly.delegations.choices import Verdict
from assembly.delegations.facts import DELEGATE_FIELDS, PERSON_FIELDS, DelegateFacts
from assembly.delegations.models import (
    Delegate,
    Delegation,
    MemberCountry,
    ObserverOrganisation,
)
from assembly.delegations.rules import DEFAULT_SEATS
from assembly.delegations.selectors.verdicts import Judged
from assembly.editions.models import Assembly
from assembly.people.models import Capacity, Person
from assembly.people.services import Reopen, give_accounts

STEPS: Final = 6


def write(
    judged: Sequence[Judged], assembly: Assembly, *, key: str, at: datetime
) -> dict[str, Any]:
    """Write every row that is new or changed, in the caller's transaction; returns how many.

    `key` is where progress is told. Raises IntegrityError when somebody else took a seat, a
    headship or a capacity at the same moment: the caller's transaction is then undone.
    """
    wanted = [row for row in judged if row.verdict in (Verdict.NEW, Verdict.CHANGED)]
    progress.report(key, 1, STEPS)
    delegations = _delegations(wanted, assembly, at)
    progress.report(key, 2, STEPS)
    changed = _change([row for row in wanted if row.delegate], at)
    progress.report(key, 3, STEPS)
    added = [row for row in wanted if not row.delegate and not row.is_delegation]
    new = _add(added, delegations, at)
    progress.report(key, 4, STEPS)
    _count_seats(assembly, {row.code for row in wanted})
    give_accounts(people=changed, at=at)
    give_accounts(people=new, at=at, reopen=Reopen.ANY)
    progress.report(key, STEPS, STEPS)
    return {"new": len(new), "changed": len(changed), "rows": len(wanted)}


def _delegations(rows: Sequence[Judged], assembly: Assembly, at: datetime) -> dict[str, Delegation]:
    """Delegations by code: those there are, those the file adds, with the seats it gives."""
    parties = Delegation.objects.of(assembly).select_related("country", "organisation")
    found = {delegation.code: delegation for delegation in parties}
    seats = {row.code: row.facts["seats"] for row in rows if row.facts.get("seats")}
    missing = sorted({row.code for row in rows} - found.keys())
    countries = {c.code: c for c in MemberCountry.objects.filter(code__in=missing)}
    observers = {o.code: o for o in ObserverOrganisation.objects.filter(code__in=missing)}
    made = Delegation.objects.bulk_create(
        Delegation(
            assembly=assembly,
            country=countries.get(code),
            organisation=observers.get(code),
            may_vote=code in countries,
            seats=seats.get(code, DEFAULT_SEATS),
        )
        for code in missing
    )
    changed = [d for code, d in found.items() if seats.get(code, d.seats) != d.seats]
    for delegation in changed:
        delegation.seats = seats[delegation.code]
        delegation.version += 1
        delegation.updated_at = at
    Delegation.objects.bulk_update(changed, ["seats", "version", "updated_at"])
    return found | {delegation.code: delegation for delegation in made}


def _change(rows: Sequence[Judged], at: datetime) -> list[Person]:
    """Bring delegates that are there up to date, in the columns the file has."""
    people = Delegate.objects.select_related("person__user").in_bulk([row.delegate for row in rows])
    # A new head can only come once the old one has gone.
    Delegate.objects.filter(pk__in=people).update(is_head=False)
    for row in rows:
        delegate = people[row.delegate]
        for name in PERSON_FIELDS:
            setattr(delegate.person, name, row.facts.get(name, getattr(delegate.person, name)))
        for name in (*DELEGATE_FIELDS, "is_head"):
            setattr(delegate, name, row.facts.get(name, getattr(delegate, name)))
        _rename(delegate, row, at)
        delegate.version += 1
        delegate.updated_at = at
    changed = [delegate.person for delegate in people.values()]
    Person.objects.bulk_update(
        changed, [*PERSON_FIELDS, "display_name", "name_key", "renamed_at", "updated_at"]
    )
    fields = [*DELEGATE_FIELDS, "is_head", "version", "updated_at"]
    Delegate.objects.bulk_update(people.values(), fields)
    return changed


def _rename(delegate: Delegate, row: Judged, at: datetime) -> None:
    person = delegate.person
    person.normalise()
    person.updated_at = at
    named = DelegateFacts.chosen(row.facts | {"badge_name": row.facts.get("badge_name") or ""})
    if row.facts.get("badge_name") or {"given_name", "family_name"} <= row.facts.keys():
        delegate.badge_name = named.name
    if person.display_name != delegate.badge_name:
        person.display_name = delegate.badge_name
        person.renamed_at = at


def _add(rows: Sequence[Judged], delegations: dict[str, Delegation], at: datetime) -> list[Person]:
    """New delegates: the people who are not known yet, their capacities, their rows."""
    facts = [DelegateFacts.chosen(row.facts) for row in rows]
    known = Person.objects.select_related("user").in_bulk(
        [row.person for row in rows if row.person]
    )
    people = []
    for row, fact in zip(rows, facts, strict=True):
        person = known.get(row.person) if row.person else None
        if person is None:
            person = Person(display_name=fact.name, renamed_at=at, **fact.of_person)
            person.normalise()
        people.append(person)
    Person.objects.bulk_create(person for person in people if person.pk is None)
    capacities = Capacity.objects.bulk_create(
        Capacity(
            person=person,
            assembly=delegations[row.code].assembly,
            kind=delegations[row.code].capacity_kind,
            override_reason=row.facts.get("reason", "") if row.person else "",
        )
        for row, person in zip(rows, people, strict=True)
    )
    Delegate.objects.bulk_create(
        Delegate(
            delegation=delegations[row.code],
            person=person,
            capacity=capacity,
            is_head=row.facts.get("is_head", False),
            **fact.of_delegate,
        )
        for row, fact, person, capacity in zip(rows, facts, people, capacities, strict=True)
    )
    return people


def _count_seats(assembly: Assembly, codes: Collection[str]) -> None:
    """Count these lists anew. The constraint refuses more than there are seats."""
    active = (
        Delegate.objects.active()
        .filter(delegation=OuterRef("pk"))
        .order_by()
        .values("delegation")
        .annotate(count=Count("pk"))
        .values("count")
    )
    counted = Coalesce(Subquery(active, output_field=IntegerField()), 0)
    Delegation.objects.of(assembly).with_codes(codes).update(seats_taken=counted)
