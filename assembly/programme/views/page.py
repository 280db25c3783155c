"""What every published page does: one query for the state, then a 304, kept bytes or a page."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Final, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views import View

from assembly.core.web import is_shared, shared_page
from assembly.programme.selectors.published import Programme, State, current_state, programme_for

T = TypeVar("T")
LONGEST: Final = 80


class PublishedPage(View):
    """A page made of the published programme.

    Anonymous readers share one rendering for each state, language and query; `params` names the
    query parameters the page knows. People who signed in get a page of their own, kept nowhere.
    """

    template_name: ClassVar[str]
    params: ClassVar[tuple[str, ...]] = ()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        at = timezone.now()
        state = self.state(at, **kwargs)
        if state is None:
            return render(request, "no_assembly.html")
        request.declared_query = self._query(request)  # type: ignore[attr-defined]  # for the links
        if not is_shared(request):
            response = self.answer(request, state, at, **kwargs)
            response.headers["Cache-Control"] = "private, no-cache"
            return response
        return shared_page(
            request,
            depends_on=[state, get_language(), self._query(request), *self.moves_with(state, at)],
            render=lambda: self.answer(request, state, at, **kwargs),
        )

    def state(self, at: datetime, **kwargs: Any) -> State | None:
        return current_state(at)

    def moves_with(self, state: State, at: datetime) -> Iterable[object]:
        """What else the page changes with; by default the hour, while changes are news."""
        return [state.freshness(at)]

    def answer(
        self, request: HttpRequest, state: State, at: datetime, **kwargs: Any
    ) -> HttpResponse:
        programme = programme_for(request.user, state, at)
        with timezone.override(programme.zone):
            facts = self.facts(request, programme, at, **kwargs)
            shared = {"programme": programme, "assembly": programme.assembly, "at": at}
            return render(request, self.template_name, {**shared, **facts})

    def facts(
        self, request: HttpRequest, programme: Programme, at: datetime, **kwargs: Any
    ) -> dict[str, Any]:
        return {}

    def _query(self, request: HttpRequest) -> dict[str, str]:
        """The parameters this page knows, cut to what makes sense. Nothing else reaches it."""
        given = {name: request.GET.get(name, "")[:LONGEST] for name in self.params}
        return {name: value for name, value in given.items() if value}


def or_404(found: T | None) -> T:
    """The thing, or the page that says there is none."""
    if found is None:
        raise Http404
    return found
