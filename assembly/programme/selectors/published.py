"""The published programme as pages show it.

`current_state` is the one query of an anonymous page: what the page depends on. The programme
itself is kept in the process under that state, so a page costs the same with 10 sessions or 1,200.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.db.models import FilteredRelation, OuterRef, Q, QuerySet, Subquery

from assembly.accounts.models import User
from assembly.core.compiled import CompiledQuery
from assembly.editions.choices import Status
from assembly.editions.models import Assembly
from assembly.people.models import Person, latest_rename
from assembly.programme.models import PublishedSession, Revision
from assembly.programme.payloads import Payload, start_of
from assembly.programme.selectors.items import NEWS, Item, Place, item_of, place_of

KEPT_PROGRAMMES: Final = 4


@dataclass(frozen=True)
class State:
    """What a public page depends on. Two equal states show the same programme."""

    assembly_id: int
    assembly_changed: datetime
    first_day: date
    last_day: date
    timezone: str
    revision_id: int | None
    published_at: datetime | None
    embargoes_over: int
    renamed_at: datetime | None

    def __hash__(self) -> int:
        """Fewer fields than equality looks at: it is asked for with every kept part of a page."""
        return hash((self.assembly_id, self.revision_id, self.embargoes_over))

    def minute(self, at: datetime) -> str:
        """Moves each minute while the Assembly meets, each day before and after it."""
        today = at.astimezone(ZoneInfo(self.timezone))
        meets = self.first_day <= today.date() <= self.last_day
        return f"{today:%Y%m%d%H%M}" if meets else f"{today:%Y%m%d}"

    def freshness(self, at: datetime) -> str:
        """Moves each hour while a change is news: old and new stand side by side for a day."""
        if self.published_at is None or at - self.published_at > NEWS + timedelta(hours=1):
            return ""
        return f"{at:%Y%m%d%H}"


def current_state(at: datetime, *, number: int | None = None) -> State | None:
    """The state of the current Assembly, or of the one with this number; None without any."""
    rows = _CURRENT.rows() if number is None else list(_states(_PUBLIC & Q(number=number)))
    if not rows:
        return None
    pk, changed, first_day, last_day, zone, revision, published, embargoes, renamed = rows[0]
    over = sum(datetime.fromisoformat(instant) <= at for instant in embargoes or [])
    return State(pk, changed, first_day, last_day, zone, revision, published, over, renamed)


# A planned Assembly that is not current has not been announced.
_PUBLIC: Final = Q(is_current=True) | Q(status=Status.ARCHIVED)


def _states(which: Q) -> QuerySet[Assembly, Any]:
    """The one query. A plain QuerySet: modeltranslation's manager has nothing to do here."""
    newest = Revision.objects.filter(assembly=OuterRef("pk")).order_by("-number").values("pk")[:1]
    found: QuerySet[Assembly, Any] = (
        QuerySet(Assembly)
        .filter(which)
        .annotate(
            newest=FilteredRelation("revisions", condition=Q(revisions__pk=Subquery(newest))),
            renamed=Subquery(latest_rename()),
        )
        .order_by()
        .values_list(
            "pk",
            "updated_at",
            "first_day",
            "last_day",
            "timezone",
            "newest__pk",
            "newest__published_at",
            "newest__embargoes",
            "renamed",
        )[:1]
    )
    return found


_CURRENT: Final = CompiledQuery(lambda: _states(Q(is_current=True)))


@dataclass(frozen=True)
class Programme:
    """What one kind of reader sees of one revision."""

    assembly: Assembly
    revision: Revision | None
    items: tuple[Item, ...]

    @property
    def zone(self) -> ZoneInfo:
        return self.assembly.zone

    def on(self, day: date) -> list[Item]:
        return [item for item in self.items if item.day == day]

    @cached_property
    def by_code(self) -> dict[str, Item]:
        return {item.code: item for item in self.items}

    def item(self, code: str) -> Item | None:
        return self.by_code.get(code)

    def place(self, code: str) -> Place | None:
        """A room the revision names; it may hold nothing this reader sees."""
        places = self.revision.places if self.revision else {}
        return place_of(code, places) if code in places else None

    @cached_property
    def rooms(self) -> list[Place]:
        places = {item.place.code: item.place for item in self.items}
        return [places[code] for code in sorted(places)]

    @cached_property
    def days(self) -> list[date]:
        """The Assembly's days, and any other day that has a session."""
        return sorted({*self.assembly.days, *(item.day for item in self.items)})

    def now(self, at: datetime) -> list[Item]:
        return [i for i in self.items if i.starts_at <= at < i.ends_at and not i.is_cancelled]

    def next(self, at: datetime) -> list[Item]:
        """The sessions that start next, all at the same minute."""
        coming = [i for i in self.items if i.starts_at > at and not i.is_cancelled]
        return [item for item in coming if item.starts_at == coming[0].starts_at]


def programme_for(user: User | AnonymousUser, state: State, at: datetime) -> Programme:
    """The programme this user may see. The anonymous one is kept in the process."""
    if isinstance(user, User):
        return _load(user, state.assembly_id, state.revision_id, at)
    return _anonymous(state, at)


def _anonymous(state: State, at: datetime) -> Programme:
    kept = _kept.get(state)
    if kept is None:
        kept = _load(AnonymousUser(), state.assembly_id, state.revision_id, at)
        if len(_kept) >= KEPT_PROGRAMMES:
            _kept.clear()
        _kept[state] = kept
    return kept


_kept: dict[State, Programme] = {}


def forget_programmes() -> None:
    """Empty the process's memory; tests that roll rows back need it."""
    _kept.clear()
    _kept_whole.clear()


def unfiltered(state: State, revision_id: int, at: datetime) -> Programme:
    """Every session of a revision, whoever may see it, kept in the process.

    For callers that ask `PublishedSession.objects.visible_to` themselves, and show nothing else.
    Names are those everybody may read.
    """
    key = (state, revision_id)
    kept = _kept_whole.get(key)
    if kept is None:
        rows = PublishedSession.objects.filter(revision=revision_id).select_related("previous")
        kept = _built(rows, AnonymousUser(), state.assembly_id, revision_id)
        if len(_kept_whole) >= KEPT_PROGRAMMES:
            _kept_whole.clear()
        _kept_whole[key] = kept
    return kept


_kept_whole: dict[tuple[State, int], Programme] = {}


def _load(
    user: User | AnonymousUser, assembly_id: int, revision_id: int | None, at: datetime
) -> Programme:
    if revision_id is None:
        return Programme(Assembly.objects.get(pk=assembly_id), None, ())
    rows = PublishedSession.objects.visible_to(user, at).filter(revision=revision_id)
    return _built(rows.select_related("previous"), user, assembly_id, revision_id)


def _built(
    rows: Iterable[PublishedSession],
    user: User | AnonymousUser,
    assembly_id: int,
    revision_id: int,
) -> Programme:
    assembly = Assembly.objects.get(pk=assembly_id)
    revision = Revision.objects.get(pk=revision_id)
    names = _public_names(revision, user)
    items = tuple(_item(row, assembly.zone, revision.places, names) for row in rows)
    return Programme(assembly, revision, items)


def _public_names(revision: Revision, user: User | AnonymousUser) -> dict[str, str]:
    """Names by reference; erased people are gone, protected ones are for who may see them."""
    people = Person.objects.filter(named_on__revision=revision, erased_at__isnull=True)
    if not user.has_perm("people.see_protected"):
        people = people.filter(protected=False)
    return {str(uuid): name for uuid, name in people.values_list("uuid", "display_name").distinct()}


def _item(
    row: PublishedSession, zone: ZoneInfo, places: Mapping[str, Any], names: Mapping[str, str]
) -> Item:
    item = item_of(row.payload, zone, places, names)
    before = _readable_past(row)
    return replace(
        item,
        sequence=row.sequence,
        changed_in=row.changed_in,
        changed_at=row.changed_at,
        old_start=_old_start(before, item, zone) if before else None,
        old_place=_old_place(before, item, places) if before else None,
    )


def _readable_past(row: PublishedSession) -> Payload | None:
    """The version before, if those who may read this one could read that one too."""
    before = row.previous
    if before is None or before.listing != row.listing or before.embargo_until is not None:
        return None
    payload: Payload = before.payload
    return payload


def _old_start(before: Payload, item: Item, zone: ZoneInfo) -> datetime | None:
    start = start_of(before).astimezone(zone)
    return start if start != item.starts_at else None


def _old_place(before: Payload, item: Item, places: Mapping[str, Any]) -> Place | None:
    code = before["room"]
    return place_of(code, places) if code != item.place.code else None
