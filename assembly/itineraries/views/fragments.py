"""The parts of a schedule's page, each rendered once for all who see the same.

A part that says nothing of whose schedule it is stays in the process under what it depends on:
revision, language, session, why it is there, and what may be done with it.
"""

from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime
from typing import Any, Final

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language

from assembly.core.kept import Kept
from assembly.core.templatetags.planner import foreign
from assembly.itineraries.selectors.agenda import Agenda, Entry
from assembly.itineraries.selectors.attendees import Owner
from assembly.itineraries.selectors.news import News
from assembly.programme.selectors.published import State

_kept: Final[Kept[tuple[Hashable, ...], SafeString]] = Kept(30_000)
NOTHING: Final = SafeString("")


class Parts:
    """Makes the parts of one schedule, in the language and the zone in force."""

    def __init__(self, agenda: Agenda, state: State, at: datetime, *, own: bool) -> None:
        self._agenda, self._at, self._own = agenda, at, own
        self._base = (state, get_language())
        self._today = at.astimezone(agenda.programme.zone).date()

    def of(self, owner: Owner, news: News | None = None) -> dict[str, SafeString]:
        """All parts by name; `news` is for the owner's own page."""
        parts = {"troubles": self._troubles(), "days": self._days()}
        if not self._own:
            return parts
        names = [foreign(name) for name in (owner.name, owner.delegation) if name]
        return parts | {
            "who": mark_safe(" · ".join(names)),  # noqa: S308  escaped by `foreign`
            "owner": SafeString(owner.reference),
            "keep": SafeString(_pages_to_keep(self._agenda.entries)),
            "time": SafeString(date_format(localtime(self._at), "l j F, H:i")),
            "hot": self._hot(),
            "news": self._news(news),
        }

    def _hot(self) -> SafeString:
        """What runs now and what is next."""
        now, coming = self._agenda.now(self._at), self._agenda.next(self._at)
        parts = [self._section(entries, mark) for entries, mark in ((now, "now"), (coming, "next"))]
        if self._agenda.entries and not now and not coming:
            parts.append(self._keep("_over", {}))
        return _joined(parts)

    def _section(self, entries: list[Entry], mark: str) -> SafeString:
        if not entries:
            return NOTHING
        which = tuple(
            (entry.item.code, entry.whys, entry.item.is_news(self._at)) for entry in entries
        )
        return self._keep(
            "_hot",
            {"mark": mark, "start": entries[0].item.starts_at},
            mark,
            which,
            items=lambda: self._items(entries, mark),
        )

    def _news(self, news: News | None) -> SafeString:
        revision = self._agenda.programme.revision
        if news is None or not news.changes or revision is None:
            return NOTHING
        facts = {"news": news, "revision": revision.number}
        return render_to_string("itineraries/_news.html", facts)

    def _troubles(self) -> SafeString:
        found = self._agenda.troubles(self._at)
        if not found:
            return NOTHING
        items = (
            self._keep(
                "_trouble",
                {"trouble": one},
                *(one.first.code, one.second.code, one.gap, one.walk),
            )
            for one in found
        )
        lines = _joined(items)
        return self._keep("_troubles", {}, lines, items=lambda: lines)

    def _days(self) -> SafeString:
        days = self._agenda.days
        if not days:
            published = self._agenda.programme.revision is not None
            facts = {"published": published, "own": self._own}
            return self._keep("_none", facts, published, self._own)
        dates = tuple(day for day, _entries in days)
        nav = NOTHING
        if len(dates) > 1:
            nav = self._keep("_days", {"days": dates, "today": self._today}, dates, self._today)
        return _joined([nav, *(self._day(day, found, dates[0]) for day, found in days)])

    def _day(self, day: date, entries: list[Entry], first: date) -> SafeString:
        facts = {"date": day, "first": day == first, "items": SafeString("\0")}
        frame = self._keep("_day", facts, day, day == first)
        return mark_safe(frame.replace("\0", self._items(entries, "")))  # noqa: S308  both rendered

    def _items(self, entries: list[Entry], mark: str) -> SafeString:
        return _joined(self._item(entry, mark) for entry in entries)

    def _item(self, entry: Entry, mark: str) -> SafeString:
        item, is_news = entry.item, entry.item.is_news(self._at)
        facts = {"entry": entry, "item": item, "is_news": is_news, "mark": mark, "own": self._own}
        own = self._own and not mark
        return self._keep(
            "_entry", {**facts, "own": own}, item.code, entry.whys, is_news, mark, own
        )

    def _keep(
        self,
        template: str,
        facts: dict[str, Any],
        *depends_on: Hashable,
        items: Callable[[], SafeString] | None = None,
    ) -> SafeString:
        key = (template, *self._base, *depends_on)
        found = _kept.get(key)
        if found is None:
            more = {"items": items()} if items is not None else {}
            found = render_to_string(f"itineraries/{template}.html", {**facts, **more})
            _kept.put(key, found)
        return found


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308  each was rendered by a template


def _pages_to_keep(entries: list[Entry]) -> str:
    """The addresses a phone keeps for reading offline, with spaces between."""
    pattern = reverse("session", args=["CODE"])
    sessions = (pattern.replace("CODE", entry.item.code) for entry in entries)
    return " ".join([reverse("my"), reverse("my_plan"), *sessions])
