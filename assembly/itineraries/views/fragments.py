"""A session as schedules show it, rendered once for all who have it in theirs.

It says nothing of whose schedule it is, so it is kept in the process under what it depends on:
revision, language, session, why it is there, and what may be done with it.
"""

from datetime import datetime
from typing import Final

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from assembly.core.kept import Kept
from assembly.itineraries.choices import Why
from assembly.itineraries.selectors.agenda import Entry, Trouble
from assembly.programme.selectors.published import State

Key = tuple[State, str, str, tuple[Why, ...], bool, str, bool]
_kept: Final[Kept[Key, SafeString]] = Kept(20_000)
_troubles: Final[Kept[tuple[State, str, str, str], SafeString]] = Kept(20_000)


def fragments(
    entries: list[Entry], state: State, at: datetime, *, mark: str = "", own: bool = False
) -> SafeString:
    """The list items of these sessions, in the language and zone in force.

    `mark` is "now", "next" or ""; `own` says that the reader may remove what they saved.
    """
    language = get_language() or "en"
    parts = [_fragment(entry, state, language, at, mark, own=own) for entry in entries]
    return mark_safe("".join(parts))  # noqa: S308  each was rendered by a template


def troubles(found: list[Trouble], state: State) -> SafeString:
    """The list items of what does not go together."""
    language = get_language() or "en"
    return mark_safe("".join(_trouble(one, state, language) for one in found))  # noqa: S308  as above


def _trouble(trouble: Trouble, state: State, language: str) -> SafeString:
    key = (state, language, trouble.first.code, trouble.second.code)
    found = _troubles.get(key)
    if found is None:
        found = render_to_string("itineraries/_trouble.html", {"trouble": trouble})
        _troubles.put(key, found)
    return found


def pages_to_keep(entries: list[Entry]) -> str:
    """The addresses a phone keeps for reading offline, with spaces between."""
    pattern = reverse("session", args=["CODE"])
    sessions = (pattern.replace("CODE", entry.item.code) for entry in entries)
    return " ".join([reverse("my"), reverse("my_plan"), *sessions])


def _fragment(
    entry: Entry, state: State, language: str, at: datetime, mark: str, *, own: bool
) -> SafeString:
    is_news = entry.item.is_news(at)
    key = (state, language, entry.item.code, entry.whys, is_news, mark, own)
    found = _kept.get(key)
    if found is None:
        facts = {"entry": entry, "item": entry.item, "is_news": is_news, "mark": mark, "own": own}
        found = render_to_string("itineraries/_entry.html", facts)
        _kept.put(key, found)
    return found
