"""One person's schedule of the published programme."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Final

from assembly.accounts.choices import Role
from assembly.accounts.models import User
from assembly.core.kept import Kept
from assembly.editions.models import Assembly
from assembly.itineraries.choices import Why
from assembly.itineraries.models import SavedSession
from assembly.itineraries.rules import Attendee, overlaps
from assembly.itineraries.rules import Programme as Concerning
from assembly.itineraries.selectors.attendees import Owner, Reader
from assembly.programme.models import PublishedSession
from assembly.programme.selectors.items import Item
from assembly.programme.selectors.published import Programme, State, unfiltered
from venues.selectors import walking_minutes

_indexes: Final[Kept[int, Concerning]] = Kept(8)
_saved: Final[Kept[tuple[int, int, int], list[str]]] = Kept(5000)
_visible: Final[Kept[tuple[State, Attendee, frozenset[str]], frozenset[str]]] = Kept(5000)


@dataclass(frozen=True)
class Entry:
    """A session in somebody's schedule, and why it is there."""

    item: Item
    whys: tuple[Why, ...]

    @property
    def is_saved(self) -> bool:
        return Why.SAVED in self.whys

    @property
    def is_only_saved(self) -> bool:
        return self.whys == (Why.SAVED,)

    @property
    def why_labels(self) -> list[str]:
        return [str(why.label) for why in self.whys]


@dataclass(frozen=True)
class Trouble:
    """Two sessions of one schedule that do not go together. Minutes; no walk: they overlap."""

    first: Item
    second: Item
    gap: int = 0
    walk: int = 0


@dataclass(frozen=True)
class Agenda:
    """A person's schedule as it is published now, in order of time."""

    programme: Programme
    entries: list[Entry]
    walks: Mapping[tuple[str, str], int]

    @cached_property
    def held(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.item.is_cancelled]

    @cached_property
    def days(self) -> list[tuple[date, list[Entry]]]:
        days: dict[date, list[Entry]] = {}
        for entry in self.entries:
            days.setdefault(entry.item.day, []).append(entry)
        return list(days.items())

    def now(self, at: datetime) -> list[Entry]:
        return [e for e in self.held if e.item.starts_at <= at < e.item.ends_at]

    def next(self, at: datetime) -> list[Entry]:
        """What starts next, all at the same minute."""
        coming = [entry for entry in self.held if entry.item.starts_at > at]
        return [entry for entry in coming if entry.item.starts_at == coming[0].item.starts_at]

    def troubles(self, at: datetime) -> list[Trouble]:
        """Overlaps and walks that are too short, among what is not over yet."""
        items = [entry.item for entry in self.held if entry.item.ends_at > at]
        return [*_overlaps(items), *_short_walks(items, self.walks)]


def agenda(
    reader: Reader, owner: Owner, state: State, at: datetime, *, saved: Iterable[str] | None = None
) -> Agenda:
    """The schedule of `owner` as far as `reader` may see it: the owner, or their focal point.

    At most three queries when the process knows the revision: what is saved, what is visible, and
    the walks.
    """
    if state.revision_id is None:
        return Agenda(Programme(_no_assembly(state), None, ()), [], {})
    programme = unfiltered(state, state.revision_id, at)
    chosen = list(saved if saved is not None else saved_codes(owner))
    whys = _concerning(programme).of(owner.attendee, chosen)
    seen = _seen(reader, owner, state, frozenset(whys), at)
    entries = [
        Entry(item, whys[item.code]) for code in seen if (item := programme.item(code)) is not None
    ]
    entries.sort(key=lambda entry: (entry.item.starts_at, entry.item.code))
    return Agenda(programme, entries, walking_minutes())


def whys_of(
    owner: Owner, state: State, code: str, saved: Iterable[str], at: datetime
) -> tuple[Why, ...]:
    """Why a session is in somebody's schedule; () when it is not."""
    if state.revision_id is None:
        return ()
    programme = unfiltered(state, state.revision_id, at)
    return _concerning(programme).of(owner.attendee, saved).get(code, ())


def saved_codes(owner: Owner) -> list[str]:
    """What the owner saved of this Assembly's sessions, whose codes another year may use again.

    Kept under the version of their schedule, which moves with it.
    """
    key = (owner.person_id, owner.assembly_id, owner.version)
    found = _saved.get(key)
    if found is None:
        saved = SavedSession.objects.filter(
            person=owner.person_id, session__assembly=owner.assembly_id
        )
        found = list(saved.values_list("session__code", flat=True))
        if owner.version:  # who never chose anything has no version to keep it under
            _saved.put(key, found)
    return found


def _seen(
    reader: Reader, owner: Owner, state: State, codes: frozenset[str], at: datetime
) -> frozenset[str]:
    """Of these codes, those the reader may see, as `PublishedSession.visible_to` says.

    For a delegate who reads their own schedule the answer is kept under everything it depends on:
    the revision and its embargoes, and who they are at the Assembly. Anybody else is asked anew.
    """
    assert state.revision_id is not None
    own = reader.pk == owner.user_id and reader.roles <= {Role.DELEGATE}
    key = (state, owner.attendee, codes)
    found = _visible.get(key) if own else None
    if found is None:
        found = frozenset(visible_codes(reader.user, state.revision_id, codes, at))
        if own:
            _visible.put(key, found)
    return found


def visible_codes(user: User, revision_id: int, codes: Iterable[str], at: datetime) -> set[str]:
    """Of these codes, those of a revision that the user may see now."""
    rows = PublishedSession.objects.visible_to(user, at).filter(
        revision=revision_id, code__in=list(codes)
    )
    return set(rows.values_list("code", flat=True).order_by())


def _no_assembly(state: State) -> Assembly:
    return Assembly.objects.get(pk=state.assembly_id)


def _concerning(programme: Programme) -> Concerning:
    """The index of a revision's sessions by whom they concern."""
    assert programme.revision is not None
    found = _indexes.get(programme.revision.pk)
    if found is None:
        found = Concerning(item.payload for item in programme.items)
        _indexes.put(programme.revision.pk, found)
    return found


def _overlaps(items: Sequence[Item]) -> list[Trouble]:
    by_code = {item.code: item for item in items}
    spans = ((item.code, item.starts_at, item.ends_at) for item in items)
    found = []
    for pair in overlaps(spans):
        items_of_pair = (by_code[code] for code in pair)
        first, second = sorted(items_of_pair, key=lambda item: (item.starts_at, item.code))
        found.append(Trouble(first, second))
    return sorted(found, key=lambda trouble: (trouble.first.starts_at, trouble.first.code))


def _short_walks(items: Sequence[Item], walks: Mapping[tuple[str, str], int]) -> list[Trouble]:
    """Neighbours in time whose zones are further apart than the break between them."""
    found = []
    for first, second in pairwise(items):
        gap = second.starts_at - first.ends_at
        walk = walks.get((first.place.zone, second.place.zone), 0)
        if timedelta() <= gap < timedelta(minutes=walk):
            found.append(Trouble(first, second, int(gap.total_seconds() // 60), walk))
    return found
