"""Home, the pages about the site itself, and the demo's mailbox."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import TemplateView

from assembly.core.web import is_shared, shared_page
from assembly.editions.models import Assembly
from assembly.portal import mailbox
from assembly.programme.selectors.published import Programme, State
from assembly.programme.views.page import PublishedPage, or_404


class Home(PublishedPage):
    """The Assembly: now, next, where to go."""

    template_name = "portal/home.html"

    def moves_with(self, state: State, at: datetime) -> Iterable[object]:
        return [state.minute(at)]

    def facts(
        self, request: HttpRequest, programme: Programme, at: datetime, **kwargs: Any
    ) -> dict[str, Any]:
        days = programme.days
        today = at.astimezone(programme.zone).date()
        return {
            "now": programme.now(at),
            "next": programme.next(at),
            "is_over": today > programme.assembly.last_day,
            "has_begun": today >= programme.assembly.first_day,
            "days": [(day, len(programme.on(day))) for day in days],
            "archived": list(Assembly.objects.archived()),
        }


class AboutPage(TemplateView):
    """Help, privacy, accessibility: the same for everybody, and no query at all."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        request.declared_query = {}  # type: ignore[attr-defined]  # for the language links
        if not is_shared(request):
            return render(request, self.get_template_names()[0])
        return shared_page(
            request, depends_on=[request.LANGUAGE_CODE], render=lambda: self._rendered(request)
        )

    def _rendered(self, request: HttpRequest) -> HttpResponse:
        return render(request, self.get_template_names()[0])


def demo_mailbox(request: HttpRequest) -> HttpResponse:
    """Every mail the demo has sent, newest first."""
    return render(request, "portal/mailbox.html", {"mails": mailbox.newest()})


def demo_mail(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "portal/mail.html", {"mail": or_404(mailbox.find(key))})
