"""The published programme: schedule, sessions, rooms, changes, archive, calendar feed."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from assembly.programme.choices import SessionKind
from assembly.programme.forms import ScheduleFilter
from assembly.programme.plan import Plan, plan_of
from assembly.programme.selectors.changelog import change_log
from assembly.programme.selectors.items import Item
from assembly.programme.selectors.published import Programme, State, current_state
from assembly.programme.views.day import Day
from assembly.programme.views.feeds import calendar_of
from assembly.programme.views.page import PublishedPage, or_404


class Schedule(PublishedPage):
    """One day at a time, with filters that combine in the address."""

    template_name = "programme/schedule.html"
    params = ("day", "kind", "room", "language", "q")

    def moves_with(self, state: State, at: datetime) -> Iterable[object]:
        return [state.minute(at), state.freshness(at)]

    def facts(
        self, request: HttpRequest, programme: Programme, at: datetime, **kwargs: Any
    ) -> dict[str, Any]:
        rooms = [(room.code, room.name) for room in programme.rooms]
        form = ScheduleFilter(self._query(request), rooms=rooms)
        chosen = form.chosen()
        day = chosen.get("day")
        if day not in programme.days:
            day = default_day(programme, at)
        found = [item for item in programme.items if _matches(item, chosen)]
        on_day = [item for item in found if item.day == day]
        used = {item.place.code for item in on_day}
        starts = [item.starts_at for item in programme.on(day) if not item.is_cancelled]
        return {
            "form": form,
            "days": [(d, sum(item.day == d for item in found)) for d in programme.days],
            "day": Day(
                items=on_day,
                rooms=[room for room in programme.rooms if room.code in used],
                at=at,
                date=day,
                zone=programme.zone,
                starts=starts,
            ),
            "filtered": any(chosen.get(name) for name in ("kind", "room", "language", "q")),
            "kept": _kept(chosen),
            "illustrative": any(item.payload["illustrative"] for item in on_day),
            "elsewhere": [
                (d, c) for d in programme.days if d != day and (c := sum(i.day == d for i in found))
            ],
        }


def default_day(programme: Programme, at: datetime) -> date:
    """Today while the Assembly meets, else its first day."""
    today = at.astimezone(programme.zone).date()
    return today if today in programme.days else programme.days[0]


def _matches(item: Item, chosen: dict[str, Any]) -> bool:
    if chosen.get("kind") and item.payload["kind"] != chosen["kind"]:
        return False
    if chosen.get("room") and item.place.code != chosen["room"]:
        return False
    if chosen.get("language"):
        languages = {entry["language"] for entry in item.payload["interpretation"]}
        if chosen["language"] not in languages:
            return False
    words = (chosen.get("q") or "").casefold().split()
    return all(word in item.haystack for word in words)


def _kept(chosen: dict[str, Any]) -> list[tuple[str, str]]:
    """The filters a day tab carries along."""
    return [(name, chosen[name]) for name in ("kind", "room", "language", "q") if chosen.get(name)]


class SessionPage(PublishedPage):
    template_name = "programme/session.html"

    def facts(
        self, request: HttpRequest, programme: Programme, at: datetime, **kwargs: Any
    ) -> dict[str, Any]:
        item = or_404(programme.item(kwargs["code"]))
        follows = programme.item(item.payload["must_follow"] or "")
        return {
            "item": item,
            "follows": follows,
            "is_panel": item.payload["kind"] == SessionKind.PANEL,
            "news": item.is_news(at),
            "plan": _plan(programme, item.place.code),
        }


class RoomPage(PublishedPage):
    template_name = "programme/room.html"

    def facts(
        self, request: HttpRequest, programme: Programme, at: datetime, **kwargs: Any
    ) -> dict[str, Any]:
        room = or_404(programme.place(kwargs["code"]))
        items = [item for item in programme.items if item.place.code == room.code]
        days = [(day, [item for item in items if item.day == day]) for day in programme.days]
        return {
            "room": room,
            "days": [(day, found) for day, found in days if found],
            "plan": _plan(programme, room.code),
        }


class Changes(PublishedPage):
    template_name = "programme/changes.html"

    def facts(
        self, request: HttpRequest, programme: Programme, at: datetime, **kwargs: Any
    ) -> dict[str, Any]:
        number = kwargs.get("number")
        logs = change_log(programme.assembly, request.user, at, number=number)
        if number is not None and not logs:
            or_404(None)
        return {"logs": logs, "only": number}


class Archive(PublishedPage):
    """An earlier Assembly: its record and, where it was planned here, its programme."""

    template_name = "programme/archive.html"

    def state(self, at: datetime, **kwargs: Any) -> State | None:
        return or_404(current_state(at, number=kwargs["number"]))

    def facts(
        self, request: HttpRequest, programme: Programme, at: datetime, **kwargs: Any
    ) -> dict[str, Any]:
        record = list(programme.assembly.record.all())
        days = [(day, programme.on(day)) for day in programme.days if programme.on(day)]
        groups = [
            (kind, [e for e in record if e.kind == kind])
            for kind in ("figure", "decision", "election")
        ]
        return {"groups": [(kind, entries) for kind, entries in groups if entries], "days": days}


class ScheduleCalendar(PublishedPage):
    """`/schedule.ics?lang=`: everything this reader may see, cancelled sessions included."""

    params = ("lang",)

    def moves_with(self, state: State, at: datetime) -> Iterable[object]:
        return []

    def answer(
        self, request: HttpRequest, state: State, at: datetime, **kwargs: Any
    ) -> HttpResponse:
        with translation.override(asked_language(request)):
            return calendar_of(request, state, at)


def _plan(programme: Programme, room: str) -> Plan:
    """The schematic plan with this room marked."""
    places = programme.revision.places if programme.revision else {}
    return plan_of(places, room)


def asked_language(request: HttpRequest) -> str:
    """`?lang=` of a file; an unknown language is English."""
    asked = request.GET.get("lang", "en")
    return asked if asked in dict(settings.LANGUAGES) else "en"
