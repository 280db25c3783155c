"""How far the invitations are: by region, over time, and what is missing."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from assembly.delegations import chart
from assembly.delegations.choices import Credentials, Region, State
from assembly.delegations.models import Delegate, Delegation
from assembly.editions.models import Assembly


@dataclass(frozen=True)
class RegionFigures:
    """One region, or the observers. `days` are (day, confirmed so far)."""

    name: str
    counts: dict[str, int]
    seats: int
    taken: int
    days: list[tuple[date, int]]
    parts: list[chart.Part]
    path: str

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def confirmed(self) -> int:
        return self.counts[State.CONFIRMED]


@dataclass(frozen=True)
class Overview:
    assembly: Assembly
    regions: list[RegionFigures]
    first: date
    last: date
    no_head: list[Delegation]
    no_credentials: list[Delegation]
    no_focal_point: int

    def total(self, state: str) -> int:
        return sum(region.counts[state] for region in self.regions)

    @property
    def invited(self) -> int:
        return self.total(State.INVITED)

    @property
    def confirmed(self) -> int:
        return self.total(State.CONFIRMED)

    @property
    def delegations(self) -> int:
        return sum(region.total for region in self.regions)

    @property
    def seats(self) -> int:
        return sum(region.seats for region in self.regions)

    @property
    def taken(self) -> int:
        return sum(region.taken for region in self.regions)


def overview(assembly: Assembly, at: datetime) -> Overview:
    """The figures of an Assembly's delegations, in three queries."""
    heads = Delegate.objects.active().filter(delegation=OuterRef("pk"), is_head=True)
    focal = Delegation.focal_points.through._default_manager.filter(delegation_id=OuterRef("pk"))
    found: list[Any] = list(
        Delegation.objects.of(assembly)
        .select_related("country", "organisation")
        .annotate(has_head=Exists(heads), has_focal=Exists(focal))
        .order_by("country__name", "organisation__name")
    )
    today = at.astimezone(assembly.zone).date()
    answers = [d.answered_at.astimezone(assembly.zone).date() for d in found if d.answered_at]
    first, last = min([*answers, today]), max([*answers, today])
    groups: list[tuple[str, str]] = [(str(region.label), region.value) for region in Region]
    by_region: dict[str, list[Any]] = {value: [] for _label, value in groups} | {"": []}
    for delegation in found:
        by_region[delegation.region].append(delegation)
    longest = max((len(group) for group in by_region.values()), default=0)
    figures = [
        _figures(name, by_region[value], assembly, first, last, longest)
        for name, value in [*groups, (_("Observers"), "")]
        if value or by_region[value]
    ]
    coming = [d for d in found if d.state == State.CONFIRMED]
    return Overview(
        assembly=assembly,
        regions=figures,
        first=first,
        last=last,
        no_head=[d for d in coming if not d.has_head],
        no_credentials=[d for d in coming if d.credentials == Credentials.MISSING],
        no_focal_point=sum(not d.has_focal for d in found),
    )


def _figures(
    name: str, group: list[Any], assembly: Assembly, first: date, last: date, longest: int
) -> RegionFigures:
    counts = Counter(delegation.state for delegation in group)
    by_state = {state.value: counts[state.value] for state in State}
    days = _confirmed_by_day(group, assembly)
    order = [State.CONFIRMED, State.INVITED, State.DECLINED, State.PLANNED]
    return RegionFigures(
        name=name,
        counts=by_state,
        seats=sum(delegation.seats for delegation in group),
        taken=sum(delegation.seats_taken for delegation in group),
        days=days,
        parts=chart.bar([(state.value, by_state[state]) for state in order], longest),
        path=chart.steps(days, first, last, len(group)),
    )


def _confirmed_by_day(group: list[Any], assembly: Assembly) -> list[tuple[date, int]]:
    per_day = Counter(
        delegation.answered_at.astimezone(assembly.zone).date()
        for delegation in group
        if delegation.state == State.CONFIRMED and delegation.answered_at
    )
    so_far, days = 0, []
    for day in sorted(per_day):
        so_far += per_day[day]
        days.append((day, so_far))
    return days
