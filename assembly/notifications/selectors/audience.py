"""The exact people an announcement is for."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from assembly.accounts.models import User
from assembly.delegations.models import Delegation
from assembly.editions.models import Assembly
from assembly.itineraries.choices import Topic
from assembly.itineraries.selectors.attendees import crowd
from assembly.notifications.choices import Group
from assembly.notifications.selectors.people import Addressee, addressees
from assembly.people.models import Capacity
from assembly.programme.models import PublishedSession
from assembly.programme.payloads import start_of


@dataclass(frozen=True)
class Audience:
    """A choice of people. Each part that is not empty narrows it; all empty means nobody, unless
    `everybody` says so. Delegations, sessions and rooms are codes."""

    everybody: bool = False
    groups: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    delegations: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()
    days: tuple[str, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Audience":
        """From the JSON an announcement keeps."""
        lists = {
            name: tuple(stored.get(name, ()))
            for name in ("groups", "regions", "delegations", "sessions", "rooms", "days")
        }
        return cls(everybody=bool(stored.get("everybody")), **lists)

    @property
    def asks_for_sessions(self) -> bool:
        return bool(self.sessions or self.rooms or self.days)

    @property
    def is_nobody(self) -> bool:
        parts = (self.groups, self.regions, self.delegations, self.asks_for_sessions)
        return not self.everybody and not any(parts)


@dataclass(frozen=True)
class Recipients:
    """The people, by name, and a digest that moves when the list does."""

    people: list[Addressee] = field(default_factory=list)

    @property
    def digest(self) -> str:
        keys = "\n".join(sorted(one.reference for one in self.people))
        return hashlib.sha256(keys.encode()).hexdigest()[:16]

    @property
    def by_mail(self) -> int:
        return sum(one.mail for one in self.people)

    def by_language(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for one in self.people:
            counts[one.recipient.language] = counts.get(one.recipient.language, 0) + 1
        return counts


def recipients(
    assembly: Assembly, audience: Audience, at: datetime, *, safety: bool = False
) -> Recipients:
    """Everybody the choice means, each once. A safety message asks nobody what they declined."""
    if audience.is_nobody:
        return Recipients()
    found = {one.reference: one for one in _attendees(assembly, audience, at, safety=safety)}
    users = {one.recipient.user_id for one in found.values()}
    for one in _focal_points(assembly, audience):
        if one.recipient.user_id not in users:
            found[one.reference] = one
    return Recipients(sorted(found.values(), key=lambda a: (a.recipient.name, a.reference)))


def _attendees(
    assembly: Assembly, audience: Audience, at: datetime, *, safety: bool
) -> list[Addressee]:
    rows = Capacity.objects.live().filter(
        _in_groups(audience.groups), assembly=assembly, person__erased_at__isnull=True
    )
    if audience.groups == (Group.FOCAL_POINT,):
        return []
    if audience.regions:
        rows = rows.filter(delegate__delegation__country__region__in=audience.regions)
    if audience.delegations:
        rows = rows.filter(_of_delegations(audience.delegations, "delegate__delegation__"))
    if audience.asks_for_sessions:
        rows = rows.filter(person__in=_at_sessions(assembly, audience, at))
    topic = None if safety else Topic.ANNOUNCEMENTS
    return list(addressees(rows.values("person"), topic=topic, assembly=assembly).values())


def _in_groups(groups: Collection[str]) -> Q:
    kinds = [group for group in groups if group not in (Group.HEAD, Group.FOCAL_POINT)]
    if not groups:
        return Q()
    found = Q(kind__in=kinds)
    if Group.HEAD in groups:
        found |= Q(delegate__is_head=True, delegate__withdrawn_at__isnull=True)
    return found


def _of_delegations(codes: Collection[str], prefix: str = "") -> Q:
    return Q(**{f"{prefix}country__code__in": codes}) | Q(
        **{f"{prefix}organisation__code__in": codes}
    )


def _at_sessions(assembly: Assembly, audience: Audience, at: datetime) -> set[int]:
    """Those whom one of the chosen sessions concerns, as it is published and as they may know."""
    rows = PublishedSession.objects.in_latest(assembly)
    if audience.sessions:
        rows = rows.filter(code__in=audience.sessions)
    if audience.rooms:
        rows = rows.filter(room_code__in=audience.rooms)
    payloads = list(rows.values_list("payload", flat=True).order_by())
    if audience.days:
        days = {date.fromisoformat(day) for day in audience.days}
        payloads = [p for p in payloads if start_of(p).astimezone(assembly.zone).date() in days]
    people = crowd(assembly.pk, {payload["code"] for payload in payloads})
    return set().union(*(people.concerned_by(payload, at) for payload in payloads))


def _focal_points(assembly: Assembly, audience: Audience) -> list[Addressee]:
    """Accounts of focal points; they are at no session."""
    if Group.FOCAL_POINT not in audience.groups or audience.asks_for_sessions:
        return []
    kept = Delegation.objects.of(assembly)
    if audience.regions:
        kept = kept.filter(country__region__in=audience.regions)
    if audience.delegations:
        kept = kept.filter(_of_delegations(audience.delegations))
    users = User.objects.filter(kept_delegations__in=kept, is_active=True).distinct()
    return [
        Addressee(None, str(user.pk), user.as_recipient(), mail=bool(user.email)) for user in users
    ]
