"""A session as schedules show it, rendered once for all who have it in theirs.

The part that is the same for everybody is kept in the process under what it depends on; what is
one person's own (why it is there, the button) is added by the page.
"""

from collections import OrderedDict
from datetime import datetime
from typing import Final

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from assembly.itineraries.selectors.agenda import Agenda
from assembly.programme.selectors.items import Item
from assembly.programme.selectors.published import State

KEPT: Final = 20_000

_kept: OrderedDict[tuple[State, str, str, bool], SafeString] = OrderedDict()


def session_fragments(agenda: Agenda, state: State, at: datetime) -> dict[str, SafeString]:
    """The HTML of each session of a schedule, by code, in the current language."""
    with timezone.override(agenda.programme.zone):
        return {e.item.code: _fragment(e.item, state, at) for e in agenda.entries}


def _fragment(item: Item, state: State, at: datetime) -> SafeString:
    is_news = item.is_news(at)
    key = (state, get_language() or "en", item.code, is_news)
    found = _kept.get(key)
    if found is None:
        found = render_to_string("itineraries/_session.html", {"item": item, "is_news": is_news})
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def forget_fragments() -> None:
    """Empty the process's memory; tests that roll rows back need it."""
    _kept.clear()
