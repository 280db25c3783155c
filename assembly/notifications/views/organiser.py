"""`/organise/announcements/`: write, see exactly who gets it, try it, confirm, follow, stop."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assembly.core.errors import PlannerError, StaleState
from assembly.editions.views import OrganiserView
from assembly.notifications import services
from assembly.notifications.choices import AnnouncementState
from assembly.notifications.forms import AnnouncementForm, ConfirmForm
from assembly.notifications.models import Announcement
from assembly.notifications.notices import Letters
from assembly.notifications.previews import samples
from assembly.notifications.selectors.audience import Audience, Recipients, recipients
from assembly.notifications.selectors.inbox import progress
from assembly.outbox.letters import Rendered

Action = Callable[[Announcement], str]
SHOWN_PEOPLE = 100
A_PAGE = 50


class Announcements(OrganiserView):
    """All announcements of the current Assembly, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = Announcement.objects.filter(assembly=self.assembly()).select_related("written_by")
        page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
        template = "admin/notifications/announcements.html"
        return self.page(request, template, title=_("Announcements"), page=page)


class AnnouncementView(OrganiserView):
    """A page about one announcement of the current Assembly."""

    def announcement(self, uuid: UUID) -> Announcement:
        found = Announcement.objects.filter(assembly=self.assembly()).select_related("assembly")
        announcement: Announcement = get_object_or_404(found, uuid=uuid)
        return announcement


class Write(AnnouncementView):
    """A new announcement, or a draft that is changed. Saving sends nothing."""

    def get(self, request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
        draft = self._draft(uuid)
        if draft is not None and draft.state != AnnouncementState.DRAFT:
            return redirect("announcement", draft.uuid)
        return self._show(request, draft, self._form(draft))

    def post(self, request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
        draft = self._draft(uuid)
        form = self._form(draft, request.POST)
        if not form.is_valid():
            return self._show(request, draft, form, status=422)
        try:
            saved = services.save(
                announcement=draft,
                assembly=self.assembly(),
                fields=form.content,
                based_on=form.cleaned_data["based_on"],
                by=self.user(),
                at=timezone.now(),
            )
        except StaleState as error:
            form.add_error(None, error.message)
            return self._show(request, draft, form, status=409)
        return redirect("announcement", saved.uuid)

    def _draft(self, uuid: UUID | None) -> Announcement | None:
        return self.announcement(uuid) if uuid is not None else None

    def _form(self, draft: Announcement | None, data: Any = None) -> AnnouncementForm:
        return AnnouncementForm(data, instance=draft, assembly=self.assembly())

    def _show(
        self,
        request: HttpRequest,
        draft: Announcement | None,
        form: AnnouncementForm,
        status: int = 200,
    ) -> HttpResponse:
        response = self.page(
            request,
            "admin/notifications/write.html",
            title=_("Announcement"),
            form=form,
            announcement=draft,
        )
        response.status_code = status
        return response


class Page(AnnouncementView):
    """One announcement: who gets it and what they read, then how far it has come."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        return self._show(request, self.announcement(uuid))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        announcement = self.announcement(uuid)
        if "confirm" in request.POST:
            return self._confirm(request, announcement)
        for name, action in self._actions().items():
            if name in request.POST:
                return self._do(request, announcement, action)
        return redirect("announcement", announcement.uuid)

    def _actions(self) -> dict[str, Action]:
        """What the buttons do; each returns what is said afterwards."""
        user, at = self.user(), timezone.now()

        def test(announcement: Announcement) -> str:
            count = services.send_test(announcement=announcement, by=user, at=at)
            words = ngettext("%(n)s mail to %(to)s.", "%(n)s mails to %(to)s.", count)
            return words % {"n": count, "to": user.email}

        def pause(announcement: Announcement) -> str:
            services.pause(announcement=announcement, by=user, at=at)
            return _("Paused. What was sent stays sent.")

        def go_on(announcement: Announcement) -> str:
            services.go_on(announcement=announcement, by=user, at=at)
            return _("It goes on.")

        def cancel(announcement: Announcement) -> str:
            count = services.cancel(announcement=announcement, by=user, at=at)
            words = ngettext("%(n)s mail was dropped.", "%(n)s mails were dropped.", count)
            return words % {"n": count}

        def retry(announcement: Announcement) -> str:
            count = services.retry(announcement=announcement, by=user, at=at)
            words = ngettext("%(n)s mail is sent again.", "%(n)s mails are sent again.", count)
            return words % {"n": count}

        return {"test": test, "pause": pause, "go_on": go_on, "cancel": cancel, "retry": retry}

    def _do(
        self,
        request: HttpRequest,
        announcement: Announcement,
        action: Callable[[Announcement], str],
    ) -> HttpResponse:
        try:
            messages.success(request, action(announcement))
        except PlannerError as error:
            messages.error(request, error.message)
        return redirect("announcement", announcement.uuid)

    def _confirm(self, request: HttpRequest, announcement: Announcement) -> HttpResponse:
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            return self._show(request, announcement, form, status=422)
        try:
            count = services.confirm(
                announcement=announcement,
                **form.cleaned_data,
                by=self.user(),
                at=timezone.now(),
            )
        except StaleState as error:
            messages.error(request, error.message)
            return redirect("announcement", announcement.uuid)
        except PlannerError as error:
            form.add_error("count", error.message)
            return self._show(request, announcement, form, status=422)
        words = ngettext("Confirmed for %(n)s person.", "Confirmed for %(n)s people.", count)
        messages.success(request, words % {"n": count})
        return redirect("announcement", announcement.uuid)

    def _show(
        self,
        request: HttpRequest,
        announcement: Announcement,
        form: ConfirmForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        is_draft = announcement.state == AnnouncementState.DRAFT
        facts: dict[str, Any] = {"announcement": announcement, "is_draft": is_draft}
        if is_draft:
            found = recipients(
                announcement.assembly,
                Audience.of(announcement.audience),
                timezone.now(),
                safety=announcement.safety,
            )
            facts |= self._of_draft(request, announcement, found)
            facts["form"] = form or ConfirmForm(
                initial={"version": announcement.version, "digest": found.digest}
            )
        else:
            facts["progress"] = progress(announcement)
            written = AnnouncementForm(instance=announcement, assembly=announcement.assembly)
            facts["described"] = written.described()
        facts["letters"] = _letters(announcement)
        title = announcement_title(announcement)
        template = "admin/notifications/announcement.html"
        response = self.page(request, template, title=title, **facts)
        response.status_code = status
        return response

    def _of_draft(
        self, request: HttpRequest, announcement: Announcement, found: Recipients
    ) -> dict[str, Any]:
        written = announcement.languages
        fallbacks = [
            (name, count)
            for code, name in settings.LANGUAGES
            if code not in written and (count := found.by_language().get(code, 0))
        ]
        return {
            "recipients": found,
            "people": Paginator(found.people, SHOWN_PEOPLE).get_page(request.GET.get("page")),
            "fallbacks": fallbacks,
        }


class ProgressFragment(AnnouncementView):
    """How far it has come; asked for every two seconds while mails wait."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        announcement = self.announcement(uuid)
        facts = {"announcement": announcement, "progress": progress(announcement)}
        if not request.htmx:  # type: ignore[attr-defined]  # by middleware
            return redirect("announcement", announcement.uuid)
        response = render(request, "admin/notifications/_progress.html", facts)
        response.headers["Cache-Control"] = "private, no-store"
        return response


class WordingPreview(OrganiserView):
    """The mails whose words organisers may change, as readers of each language get them."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(
            request,
            "admin/notifications/wording_preview.html",
            title=_("How the mails read"),
            samples=samples(self.assembly()),
        )


def announcement_title(announcement: Announcement) -> str:
    """In the reader's language, else in the first it is written in."""
    for code in announcement.languages[:1]:
        return announcement.subject or str(getattr(announcement, f"subject_{code}"))
    return _("Announcement")


def _letters(announcement: Announcement) -> list[tuple[str, str, Rendered]]:
    """What is read in each language it is written in, with a reader made up for it."""
    letters = Letters(announcement.assembly)
    made_up = {"name": "Amina Diallo", "delegation": "–"}
    names = dict(settings.LANGUAGES)
    return [
        (code, names[code], letters.announcement(announcement, code, may_decline=False).to(made_up))
        for code in announcement.languages
    ]
