"""`/my/`: where to be next, what changed, what is saved; and the choices a person makes there."""

import hashlib
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assembly.accounts.choices import Role
from assembly.core.frames import framed
from assembly.core.web import release
from assembly.editions.views import AssemblyView
from assembly.itineraries import services
from assembly.itineraries.forms import SettingsForm
from assembly.itineraries.models import Itinerary
from assembly.itineraries.selectors.agenda import agenda, saved_codes, visible_codes, whys_of
from assembly.itineraries.selectors.attendees import Owner, Reader, owner_of
from assembly.itineraries.selectors.news import news
from assembly.itineraries.views.fragments import Parts
from assembly.programme.models import Session
from assembly.programme.selectors.published import State, current_state

LONGEST_NUMBER: Final = 5


class MyView(AssemblyView):
    """A page about the schedule of whoever is signed in."""

    def state(self, at: datetime) -> State:
        state = current_state(at)
        if state is None:
            raise Http404
        return state

    def reader(self) -> Reader:
        return Reader.signed_in(self.user())

    def owner(self, state: State) -> Owner:
        owner = owner_of(self.user().pk, state.assembly_id)
        if owner is None:
            raise NoSchedule
        return owner

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = super().dispatch(request, *args, **kwargs)
        except NoSchedule:
            response = render(request, "itineraries/nobody.html")
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class NoSchedule(Exception):
    """The account belongs to nobody who comes: an organiser's, say."""


class Mine(MyView):
    """The schedule: now, next, what changed, what clashes, then day by day."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        at = timezone.now()
        state = self.state(at)
        owner = self.owner(state)
        saved = saved_codes(owner)
        mine = agenda(self.reader(), owner, state, at, saved=saved)
        if not owner.seen and mine.programme.revision is not None:
            number = mine.programme.revision.number
            services.look(
                person=owner.person, assembly_id=state.assembly_id, revision=number, at=at
            )
        news_of = news(owner, mine, saved, state, at)
        shown = [entry.item.code for entry in mine.entries]
        etag = _etag(request, state, state.minute(at), owner.version, shown, news_of.since)
        waiting = _has_messages(request)
        unchanged = None if waiting else get_conditional_response(request, etag=etag)
        if unchanged is not None:
            return unchanged
        request.declared_query = {}  # type: ignore[attr-defined]  # for the language links
        user = self.user()
        with timezone.override(mine.programme.zone):
            response = framed(
                request,
                "itineraries/mine.html",
                depends_on=(
                    *(state, get_language(), request.path),
                    *(user.is_staff, Role.FOCAL_POINT in user.roles),
                    *((user.pk, at) if waiting else ()),  # what waits is said to this reader alone
                ),
                facts=lambda: {
                    "programme": mine.programme,
                    "assembly": mine.programme.assembly,
                },
                parts=Parts(mine, state, at, own=True).of(owner, news_of),
            )
        response.headers["ETag"] = etag
        return response


def _etag(request: HttpRequest, *depends_on: object) -> str:
    """Weak: two renderings differ in the token of their forms. The session is part of it."""
    key = repr([release(), request.path, get_language(), request.session.session_key, depends_on])
    return f'W/"{hashlib.sha256(key.encode()).hexdigest()[:32]}"'


def _has_messages(request: HttpRequest) -> bool:
    """Whether something waits to be said to the reader: then the page is not what they have."""
    return bool(len(messages.get_messages(request)))


class Changes(MyView):
    """What changed since the reader last said they had seen it; POST says so."""

    def get(self, request: HttpRequest) -> HttpResponse:
        at = timezone.now()
        state = self.state(at)
        owner = self.owner(state)
        saved = saved_codes(owner)
        mine = agenda(self.reader(), owner, state, at, saved=saved)
        programme = mine.programme
        facts = {
            "programme": programme,
            "assembly": programme.assembly,
            "news": news(owner, mine, saved, state, at),
        }
        with timezone.override(programme.zone):
            return render(request, "itineraries/changes.html", facts)

    def post(self, request: HttpRequest) -> HttpResponse:
        state = self.state(timezone.now())
        owner = self.owner(state)
        text = request.POST.get("revision", "")
        if text.isdecimal() and len(text) <= LONGEST_NUMBER:
            newest = self.assembly().revisions.latest_first().first()
            number = min(int(text), newest.number if newest else 0)
            services.look(
                person=owner.person,
                assembly_id=state.assembly_id,
                revision=number,
                at=timezone.now(),
            )
        return redirect("my")


class Saved(MyView):
    """Whether a session is in the reader's schedule, and the button that changes it.

    Asked for by htmx it answers with the button alone; else it is a page with the same button.
    """

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        owner, session = self._session(code)
        return self._show(request, owner, session)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        owner, session = self._session(code)
        change = services.unsave_session if "unsave" in request.POST else services.save_session
        change(person=owner.person, session=session, at=timezone.now())
        if request.htmx:  # type: ignore[attr-defined]  # by middleware
            return self._show(request, *self._session(code))  # as it is now
        words = _("Not in your schedule any more.") if "unsave" in request.POST else _("Saved.")
        messages.success(request, words)
        return redirect("my") if "my" in request.POST else redirect("session", code)

    def _session(self, code: str) -> tuple[Owner, Session]:
        at = timezone.now()
        state = self.state(at)
        owner = self.owner(state)
        if state.revision_id is None or not visible_codes(
            self.user(), state.revision_id, [code], at
        ):
            raise Http404
        session: Session = get_object_or_404(Session, assembly=state.assembly_id, code=code)
        return owner, session

    def _show(self, request: HttpRequest, owner: Owner, session: Session) -> HttpResponse:
        state = self.state(timezone.now())
        saved = saved_codes(owner)
        whys = whys_of(owner, state, session.code, saved, timezone.now())
        template = "_save" if request.htmx else "saved"  # type: ignore[attr-defined]  # by middleware
        facts = {
            "session": session,
            "is_saved": session.code in saved,
            "whys": [why.label for why in whys],
            "assembly": session.assembly,
        }
        return render(request, f"itineraries/{template}.html", facts)


class Calendar(MyView):
    """The reader's own calendar address: made, shown once, made anew, dropped."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, "")

    def post(self, request: HttpRequest) -> HttpResponse:
        owner = self.owner(self.state(timezone.now()))
        if "drop" in request.POST:
            services.drop_calendar(person=owner.person, by=self.user(), at=timezone.now())
            messages.success(request, _("No calendar can read your schedule any more."))
            return redirect("my_calendar")
        token = services.make_calendar(person=owner.person, by=self.user(), at=timezone.now())
        return self._show(request, token)

    def _show(self, request: HttpRequest, token: str) -> HttpResponse:
        owner = self.owner(self.state(timezone.now()))
        address = ""
        if token:
            path = reverse("my_calendar_file", args=[token])
            address = f"{settings.BASE_URL}{path}?lang={get_language()}"
        bare = address.partition("://")[2]
        response = render(
            request,
            "itineraries/calendar.html",
            {
                "itinerary": Itinerary.objects.filter(person=owner.person_id).first(),
                "assembly": self.assembly(),
                "address": address,
                "webcal": f"webcal://{bare}",
                "google": "https://calendar.google.com/calendar/r?"
                + urlencode({"cid": f"webcal://{bare}"}),
                "outlook": "https://outlook.office.com/calendar/0/addfromweb?"
                + urlencode({"url": address, "name": _("General Assembly")}),
            },
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response


class Settings(MyView):
    """The language of pages and mail, reminders, and the ways out."""

    def get(self, request: HttpRequest) -> HttpResponse:
        owner = self.owner(self.state(timezone.now()))
        itinerary = Itinerary.objects.filter(person=owner.person_id).first()
        return self._show(request, SettingsForm.chosen(owner.person.language, itinerary))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SettingsForm(request.POST)
        if not form.is_valid():
            return self._show(request, form)
        owner = self.owner(self.state(timezone.now()))
        language, at = form.cleaned_data["language"], timezone.now()
        with transaction.atomic():
            services.choose_language(
                person=owner.person, user=self.user(), language=language, at=at
            )
            if "lead" in request.POST:  # a page from before there were reminders chose none
                services.choose_reminders(person=owner.person, **form.choice, at=at)
        with translation.override(language):
            messages.success(request, _("Saved."))
            return redirect("my_settings")

    def _show(self, request: HttpRequest, form: SettingsForm) -> HttpResponse:
        owner = self.owner(self.state(timezone.now()))
        facts = {"form": form, "owner": owner, "assembly": self.assembly()}
        return render(request, "itineraries/settings.html", facts)
