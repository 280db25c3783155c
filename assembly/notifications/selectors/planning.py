"""Which reminders follow from the published programme, the rules, and what people chose."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, F, Max, Q, Sum

from assembly.delegations.models import MemberCountry
from assembly.editions.models import Assembly
from assembly.itineraries.models import Itinerary, SavedSession
from assembly.itineraries.rules import Crowd
from assembly.itineraries.selectors.attendees import crowd
from assembly.notifications import rules
from assembly.notifications.choices import When, Why
from assembly.notifications.models import ReminderRule
from assembly.people.models import Capacity
from assembly.programme.choices import MediaAccess
from assembly.programme.models import PublishedSession, Revision
from assembly.programme.payloads import Payload, start_of, takes_place

# The first that fits is what a mail says.
ORDER = {why: place for place, why in enumerate(Why.values)}


class Key(NamedTuple):
    """What makes a reminder the same one: the database refuses a second."""

    person: int
    session: int | None
    starts_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Want:
    """Why somebody is reminded, and when the session last moved in time."""

    why: Why
    room: str = ""
    moved_at: datetime | None = None


@dataclass(frozen=True)
class Slot:
    """A session that lies ahead, as far as reminders look at it."""

    session: int
    payload: Payload
    starts_at: datetime
    moved_at: datetime | None

    @property
    def call_minutes(self) -> int:
        return self.payload["media"]["call_minutes"] or 0


def wanted(assembly: Assembly, at: datetime) -> dict[Key, Want]:
    """Every reminder of what lies ahead, also those whose time has passed; set by set.

    A handful of queries, however many people and sessions there are.
    """
    revision = Revision.objects.of(assembly).latest_first().first()
    if revision is None:
        return {}
    slots = list(_slots(revision, at))
    people = crowd(assembly.pk, {slot.payload["code"] for slot in slots})
    leads = _leads(people)
    found: dict[Key, Want] = {}
    for rule in ReminderRule.objects.filter(assembly=assembly, active=True):
        if rule.when == When.EVENING:
            _add_evening(found, rule, assembly, people, leads, at)
            continue
        for slot in slots:
            if _applies(rule, slot):
                _add(found, rule, slot, people, leads, at)
    return found


def _slots(revision: Revision, at: datetime) -> Iterator[Slot]:
    """Sessions that take place and have not begun."""
    rows = PublishedSession.objects.filter(revision=revision, starts_at__gt=at).values_list(
        "session", "payload", "starts_at", "changed_at", "previous__starts_at"
    )
    for session, payload, starts_at, changed_at, before in rows.order_by():
        if takes_place(payload):
            moved = changed_at if before is not None and before != starts_at else None
            yield Slot(session, payload, start_of(payload), moved)


def _applies(rule: ReminderRule, slot: Slot) -> bool:
    if rule.session_id is not None:
        return rule.session_id == slot.session
    return rule.kind in ("", slot.payload["kind"])


def _leads(people: Crowd) -> dict[int, int]:
    """Minutes by person for those who chose for themselves; 0 is none."""
    chosen = Itinerary.objects.filter(lead_minutes__isnull=False)
    leads = chosen.values_list("person", "lead_minutes")
    return {
        person: lead for person, lead in leads if person in people.everybody and lead is not None
    }


def _add(
    found: dict[Key, Want],
    rule: ReminderRule,
    slot: Slot,
    people: Crowd,
    leads: Mapping[int, int],
    at: datetime,
) -> None:
    """The reminders of one rule before one session, each person once, for the first reason."""
    may_know = people.may_know(slot.payload, at)
    done: set[int] = set()
    for why, group in _groups(rule, slot, people):
        earlier = slot.call_minutes if why == Why.MEDIA else 0
        whom = (group & may_know) - done
        done |= whom
        own = whom & leads.keys()
        _put(found, slot, whom - own, why, rule.minutes + earlier)
        for person in own:
            if leads[person]:
                _put(found, slot, (person,), why, leads[person] + earlier)


def _groups(rule: ReminderRule, slot: Slot, people: Crowd) -> Iterator[tuple[Why, set[int]]]:
    if rule.to_speakers:
        yield Why.SPEAKS, people.taking_part_in(slot.payload)
    if rule.to_mandatory:
        yield Why.MANDATORY, people.expected_at(slot.payload)
    if rule.to_media and slot.payload["media"]["access"] == MediaAccess.OPEN:
        yield Why.MEDIA, people.media
    if rule.to_saved:
        yield Why.SAVED, set(people.saved.get(slot.payload["code"], ()))


def _put(found: dict[Key, Want], slot: Slot, whom: Iterable[int], why: Why, minutes: int) -> None:
    due = rules.before(slot.starts_at, minutes)
    want = Want(why, slot.payload["room"], slot.moved_at)
    for person in whom:
        key = Key(person, slot.session, slot.starts_at, due)
        known = found.get(key)
        if known is None or ORDER[why] < ORDER[known.why]:
            found[key] = want


def _add_evening(
    found: dict[Key, Want],
    rule: ReminderRule,
    assembly: Assembly,
    people: Crowd,
    leads: Mapping[int, int],
    at: datetime,
) -> None:
    """The evening before day 1, for everybody who comes and wants reminders at all."""
    due = rules.evening_before(assembly.first_day, rule.local_time, assembly.zone)
    if assembly.starts_at <= at:
        return
    for person in people.everybody:
        if leads.get(person) != 0:
            found[Key(person, None, assembly.starts_at, due)] = Want(Why.COMES)


def fingerprint(assembly: Assembly, at: datetime) -> str:
    """Moves with everything a plan depends on; whoever finds it unmoved need not plan.

    Counts and sums, not times: a transaction that began earlier may commit later. Whatever escapes
    them is found by the plan that is made every few minutes all the same.
    """
    revision = Revision.objects.of(assembly).latest_first().first()
    embargoes = revision.embargoes if revision else []
    over = sum(datetime.fromisoformat(instant) <= at for instant in embargoes)
    facts: list[Any] = [revision.pk if revision else 0, over, assembly.updated_at]
    of_rules = ReminderRule.objects.filter(assembly=assembly)
    facts += of_rules.aggregate(a=Max("updated_at"), b=Count("pk"), c=Sum("minutes")).values()
    of_people = Capacity.objects.filter(assembly=assembly)
    is_head = Q(delegate__is_head=True)
    facts += of_people.aggregate(
        a=Max("updated_at"),
        b=Count("pk"),
        c=Count("ended_at"),
        d=Max("delegate__updated_at"),
        e=Sum("delegate__pk", filter=is_head),
        f=Count("person__erased_at"),
    ).values()
    facts += MemberCountry.objects.aggregate(a=Max("updated_at")).values()
    saved = SavedSession.objects.filter(session__assembly=assembly)
    facts += saved.aggregate(a=Count("pk"), b=Sum("pk")).values()
    chosen = (F("lead_minutes") + 1) * F("person")
    facts += Itinerary.objects.aggregate(a=Count("lead_minutes"), b=Sum(chosen)).values()
    return hashlib.sha256(repr(facts).encode()).hexdigest()
