"""A delegation as its pages show it, and lists for export."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from assembly.accounts.models import User
from assembly.delegations import policies, rules
from assembly.delegations.columns import heading
from assembly.delegations.models import Delegate, Delegation
from assembly.editions.models import Assembly

EXPORTED: Final = (
    "reference",
    "delegation",
    "given_name",
    "family_name",
    "badge_name",
    "function",
    "is_head",
    "email",
    "birth_date",
    "language",
    "languages",
    "arrives_at",
    "departs_at",
    "dietary",
    "access_needs",
)


@dataclass(frozen=True)
class Listed:
    """A delegation with the delegates this reader may see, and what they may do."""

    delegation: Delegation
    delegates: list[Delegate]
    withdrawn: list[Delegate]
    may_change: bool
    closes_at: datetime | None
    is_open: bool

    @property
    def head(self) -> Delegate | None:
        return next((delegate for delegate in self.delegates if delegate.is_head), None)

    @property
    def has_head(self) -> bool:
        """Also true when somebody heads whom this reader may not see."""
        return self.delegation.delegates.active().filter(is_head=True).exists()

    @property
    def without_sign_in(self) -> list[Delegate]:
        """Those whom no e-mail reaches: they need a printed code. Closed accounts get none."""
        users = ((delegate, delegate.person.user) for delegate in self.delegates)
        return [d for d, user in users if user is None or (user.is_active and not user.email)]


def listed(delegation: Delegation, user: User, at: datetime) -> Listed:
    """One delegation as this user may see it."""
    delegates = list(
        Delegate.objects.visible_to(user)
        .filter(delegation=delegation)
        .select_related("person__user__sign_in_code")
        .named_in_order()
    )
    closes_at = delegation.assembly.nominations_close_at
    return Listed(
        delegation=delegation,
        delegates=[delegate for delegate in delegates if delegate.withdrawn_at is None],
        withdrawn=[delegate for delegate in delegates if delegate.withdrawn_at is not None],
        may_change=policies.can_change_list(user, delegation, at),
        closes_at=closes_at,
        is_open=rules.is_open(closes_at, at),
    )


def kept_now(user: User | AnonymousUser) -> list[Delegation]:
    """The delegations of the current Assembly this user is a focal point of."""
    kept = Delegation.objects.kept_by(user).filter(assembly__is_current=True)
    return list(kept.select_related("assembly", "country", "organisation"))


@dataclass(frozen=True)
class One:
    """A delegation with one delegate."""

    code: str
    name: str
    region: str
    head: bool


def delegations_of_one(assembly: Assembly) -> list[One]:
    """Delegations that cannot be in two places at once; one query."""
    single = (
        Delegate.objects.of(assembly)
        .active()
        .filter(delegation__seats_taken=1, delegation__country__isnull=False)
        .select_related("delegation__country")
    )
    return [
        One(d.delegation.code, str(d.delegation), d.delegation.region, d.is_head) for d in single
    ]


def export_header() -> list[str]:
    return [heading(column) for column in EXPORTED]


def export_rows(
    assembly: Assembly, user: User, *, only: Iterable[Delegation] | None = None
) -> Iterator[list[Any]]:
    """Rows that the import reads again: all delegations' or only these; one query.

    Delegates this user may not see are not among them.
    """
    found = Delegate.objects.visible_to(user).of(assembly).active()
    if only is not None:
        found = found.filter(delegation__in=only)
    rows = found.select_related("person", "delegation__country", "delegation__organisation")
    for delegate in rows.order_by(
        "delegation__country__code", "delegation__organisation__code", "-is_head", "pk"
    ):
        person = delegate.person
        yield [
            str(delegate.uuid),
            delegate.delegation.code,
            person.given_name,
            person.family_name,
            delegate.badge_name,
            delegate.function,
            "yes" if delegate.is_head else "no",
            person.email,
            person.birth_date,
            person.language,
            ", ".join(delegate.languages),
            _local(delegate.arrives_at, assembly),
            _local(delegate.departs_at, assembly),
            delegate.dietary,
            delegate.access_needs,
        ]


def _local(moment: datetime | None, assembly: Assembly) -> datetime | None:
    return timezone.localtime(moment, assembly.zone) if moment else None
