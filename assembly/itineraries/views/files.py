"""Files of personal schedules: the calendar feed, the service worker, the web app manifest."""

import hashlib
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views import View

from assembly.core.codes import token_digest
from assembly.core.compiled import CompiledQuery
from assembly.core.kept import Kept
from assembly.core.web import release
from assembly.itineraries.models import Itinerary
from assembly.itineraries.selectors.agenda import Agenda, agenda
from assembly.itineraries.selectors.attendees import Reader, owner_of
from assembly.programme import ical
from assembly.programme.selectors.calendar import entry_of
from assembly.programme.selectors.published import State, current_state
from assembly.programme.views.public import asked_language

KEPT_FILES: Final = ("planner/planner.css", "planner/my.js", "planner/icon.svg")
_parts: Final[Kept[tuple[State, str, str], bytes]] = Kept(20_000)
_USER_OF: Final = CompiledQuery(
    lambda digest: (
        Itinerary.objects.readable().filter(token_digest=digest).values_list("person__user")
    ),
    "digest",
)


class PersonalCalendar(View):
    """`/my/calendar/<token>.ics`: what concerns one person, as far as they may see it.

    The token stands for the sign-in. It is dead when it was made anew, when its owner was
    withdrawn or erased, and for whoever does not come any more.
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponseBase:
        at = timezone.now()
        rows = _USER_OF.rows(digest=token_digest(token))
        state = current_state(at)
        if not rows or state is None:
            raise Http404
        reader = Reader(rows[0][0])
        owner = owner_of(reader.pk, state.assembly_id)
        if owner is None or not owner.comes:
            raise Http404
        mine = agenda(reader, owner, state, at)
        language = asked_language(request)
        shown = [entry.item.code for entry in mine.entries]
        key = repr([release(), state, language, owner.version, shown])
        etag = f'"{hashlib.sha256(key.encode()).hexdigest()[:32]}"'
        response = get_conditional_response(request, etag=etag) or self._file(mine, state, language)
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    def _file(self, mine: Agenda, state: State, language: str) -> HttpResponse:
        assembly = mine.programme.assembly
        with translation.override(language):
            content = ical.joined(
                [_part(entry.item, state, language) for entry in mine.entries],
                name=_("My schedule: General Assembly %(number)s, %(city)s")
                % {"number": assembly.number, "city": assembly.city},
                timezone=assembly.timezone,
            )
        response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = 'inline; filename="my-schedule.ics"'
        return response


def _part(item: Any, state: State, language: str) -> bytes:
    """The lines of one session, made once for all who have it in their calendar."""
    key = (state, language, item.code)
    found = _parts.get(key)
    if found is None:
        found = ical.event_lines(entry_of(item), cancelled_prefix=_("CANCELLED:"))
        _parts.put(key, found)
    return found


def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps a person's schedule for reading without a connection."""
    facts = {
        "release": release(),
        "static_files": [static(name) for name in KEPT_FILES],
        "prefixes": ["/" if code == "en" else f"/{code}/" for code, _name in settings.LANGUAGES],
    }
    response = render(request, "itineraries/sw.js", facts, content_type="text/javascript")
    # Session pages lie outside of /my/, and a delegate opens them in the hall too.
    response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Cache-Control"] = "no-cache"
    return response


def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the schedule on its home screen (W3C web app manifest)."""
    language = asked_language(request)
    with translation.override(language):
        facts = {
            "id": "/my/",
            "name": _("My schedule at the General Assembly"),
            "short_name": _("My schedule"),
            "start_url": reverse("my"),
            "scope": "/",
            "display": "standalone",
            "lang": language,
            "dir": "rtl" if translation.get_language_bidi() else "ltr",
            "background_color": "#fbfaf7",
            "theme_color": "#0b4f7a",
            "icons": [{"src": static("planner/icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
        }
    response = JsonResponse(facts, content_type="application/manifest+json")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
