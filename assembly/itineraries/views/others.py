"""A member's schedule for focal points, the plan of the rooms, and what a publication would do."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from assembly.delegations.models import Delegate
from assembly.delegations.views.lists import list_page
from assembly.editions.views import OrganiserView
from assembly.itineraries import policies
from assembly.itineraries.selectors.agenda import agenda
from assembly.itineraries.selectors.attendees import owner_for
from assembly.itineraries.selectors.impact import impact
from assembly.itineraries.views.fragments import Parts
from assembly.itineraries.views.mine import MyView
from assembly.programme.plan import plan_of
from assembly.programme.selectors import drafts
from assembly.programme.selectors.published import current_state, unfiltered
from assembly.programme.services.publishing import plan


class MemberSchedule(MyView):
    """A delegate's schedule, as far as whoever looks may see the sessions themselves."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        at, user = timezone.now(), self.user()
        visible = (
            Delegate.objects.visible_to(user)
            .active()
            .select_related("person", "delegation__country", "delegation__organisation")
        )
        delegate: Delegate = get_object_or_404(visible, uuid=uuid)
        if not policies.can_see_schedule(user, delegate):
            raise PermissionDenied
        state = self.state(at)
        owner = owner_for(delegate.person, state.assembly_id)
        theirs = agenda(self.reader(), owner, state, at)
        programme = theirs.programme
        with timezone.override(programme.zone):
            facts = {
                "programme": programme,
                "assembly": programme.assembly,
                "delegate": delegate,
                "back": list_page(user, delegate.delegation),
                "part": Parts(theirs, state, at, own=False).of(owner),
            }
            return render(request, "itineraries/member.html", facts)


class Plan(MyView):
    """Every room on the schematic plan; kept on the phone for the hall."""

    def get(self, request: HttpRequest) -> HttpResponse:
        at = timezone.now()
        state = self.state(at)
        if state.revision_id is None:
            raise Http404
        programme = unfiltered(state, state.revision_id, at)
        revision = programme.revision
        assert revision is not None
        facts = {"plan": plan_of(revision.places), "programme": programme, "at": at}
        with timezone.override(programme.zone):
            return render(
                request, "itineraries/plan.html", {**facts, "assembly": programme.assembly}
            )


class Impact(OrganiserView):
    """Whose schedules publishing would move. Fetched by the publish page, or opened by itself."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assembly, at = self.assembly(), timezone.now()
        chosen = request.GET.getlist("only") or None
        planned = plan(assembly=assembly, sessions=chosen)
        found = impact(assembly, drafts.published(assembly), planned.payloads, at)
        template = "impact_fragment" if request.htmx else "impact"  # type: ignore[attr-defined]  # by middleware
        return self.page(
            request,
            f"admin/itineraries/{template}.html",
            title=_("Whom it concerns"),
            impact=found,
            is_first=current_state(at) is None or planned.base == 0,
        )
