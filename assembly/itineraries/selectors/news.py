"""What changed in somebody's schedule since they last looked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from assembly.itineraries.rules import Crowd
from assembly.itineraries.rules import Programme as Concerning
from assembly.itineraries.selectors.agenda import Agenda
from assembly.itineraries.selectors.attendees import Owner
from assembly.programme.differences import change_of
from assembly.programme.models import Revision
from assembly.programme.payloads import Payload
from assembly.programme.selectors.changelog import Entry as Change
from assembly.programme.selectors.items import Item
from assembly.programme.selectors.published import State, unfiltered


@dataclass(frozen=True)
class News:
    """Changes from one revision to the newest, in order of time."""

    since: int
    changes: list[Change]


def news(owner: Owner, agenda: Agenda, saved: Collection[str], state: State, at: datetime) -> News:
    """The changes of sessions that concern `owner` now or did at the revision they saw last.

    Whoever never said what they saw has no news: all of it is new to them. Old versions are shown
    to those alone who could read them, and under an embargo only to those who see the session now.
    """
    newest = agenda.programme.revision
    if newest is None or not owner.seen or owner.seen >= newest.number:
        return News(owner.seen, [])
    before = Revision.objects.filter(assembly=state.assembly_id, number=owner.seen).first()
    if before is None:
        return News(owner.seen, [])
    old = unfiltered(state, before.pk, at)
    new_items = {entry.item.code: entry.item for entry in agenda.entries}
    was_mine = Concerning(item.payload for item in old.items).of(owner.attendee, saved)
    alone = Crowd()
    alone.add(owner.attendee)
    changes = []
    for code in was_mine.keys() | new_items.keys():
        past = _readable(old.item(code), alone, new_items.keys(), at)
        present = new_items.get(code)
        change = change_of(code, _payload(past), _payload(present))
        if change is not None:
            changes.append(Change(change, past, present))
    changes.sort(key=lambda entry: (entry.item.starts_at, entry.item.code))
    return News(owner.seen, changes)


def _payload(item: Item | None) -> Payload | None:
    return item.payload if item is not None else None


def _readable(
    item: Item | None, reader: Crowd, visible: Collection[str], at: datetime
) -> Item | None:
    if item is None or not reader.may_know(item.payload, at):
        return None
    if item.payload["embargo_until"] is not None and item.code not in visible:
        return None
    return item
