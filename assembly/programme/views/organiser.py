"""Organisers' pages beside the admin: publish, revisions, the clashes of a session being edited."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from assembly.accounts.models import User
from assembly.core.errors import PlannerError
from assembly.editions.models import Assembly
from assembly.programme import services
from assembly.programme.choices import Status
from assembly.programme.clashes import Clash
from assembly.programme.forms import PublishForm
from assembly.programme.models import Revision, Session
from assembly.programme.selectors import drafts
from assembly.programme.selectors.changelog import change_log
from assembly.programme.selectors.proposal import Proposed, proposed
from assembly.programme.services.publishing import Plan, plan


class OrganiserView(View):
    """A page in the admin's frame, about the current Assembly."""

    title = ""

    def page(self, request: HttpRequest, template: str, **facts: Any) -> HttpResponse:
        site = admin.site.each_context(request)
        return render(request, template, {**site, "title": self.title, **facts})

    def assembly(self) -> Assembly:
        assembly: Assembly = get_object_or_404(Assembly.objects.current())
        return assembly

    def user(self) -> User:
        user = self.request.user
        if not isinstance(user, User):
            raise PermissionDenied
        return user


class Publish(OrganiserView):
    """The difference to what is published, what blocks, what warns, and the button."""

    def get(self, request: HttpRequest) -> HttpResponse:
        assembly = self.assembly()
        only = request.GET.getlist("only") or None
        planned = plan(assembly=assembly, sessions=only)
        form = PublishForm(warnings=planned.unanswered({}), initial={"based_on": planned.base})
        return self._show(request, assembly, planned, form, only)

    def post(self, request: HttpRequest) -> HttpResponse:
        assembly = self.assembly()
        only = request.POST.getlist("only") or None
        planned = plan(assembly=assembly, sessions=only)
        form = PublishForm(request.POST, warnings=planned.unanswered({}))
        if not form.is_valid():
            return self._show(request, assembly, planned, form, only, status=422)
        try:
            revision = services.publish(
                assembly=assembly,
                by=self.user(),
                at=timezone.now(),
                based_on=form.cleaned_data["based_on"],
                sessions=only,
                accepted=form.accepted(),
                note=form.cleaned_data["note"],
                tell=form.cleaned_data["tell"],
            )
        except PlannerError as error:
            form.add_error(None, error.message)
            self._ask_for_reasons(form, error)
            return self._show(request, assembly, planned, form, only, status=409)
        messages.success(request, _("Published as revision %(n)s.") % {"n": revision.number})
        return redirect("revision_draft", revision.number)

    def _ask_for_reasons(self, form: PublishForm, error: PlannerError) -> None:
        if isinstance(error, services.WarningsNotAccepted):
            missing = {clash.key for clash in error.clashes}
            for number, clash in enumerate(form.warnings):
                if clash.key in missing:
                    form.add_error(f"reason_{number}", _("Say why this is acceptable."))

    def _show(
        self,
        request: HttpRequest,
        assembly: Assembly,
        planned: Plan,
        form: PublishForm,
        only: Sequence[str] | None,
        status: int = 200,
    ) -> HttpResponse:
        everything = planned if only is None else plan(assembly=assembly)
        shown: Proposed = proposed(assembly, everything.changes)
        response = self.page(
            request,
            "admin/programme/publish.html",
            title=_("Publish the programme"),
            assembly=assembly,
            plan=planned,
            proposed=shown,
            only=only,
            form=form,
            latest=Revision.objects.of(assembly).latest_first().first(),
        )
        response.status_code = status
        return response


class RevisionDraft(OrganiserView):
    """One revision as organisers see it: every change, accepted warnings, and the way back."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        assembly = self.assembly()
        log = next(iter(change_log(assembly, self.user(), timezone.now(), number=number)), None)
        if log is None:
            raise Http404
        newest = Revision.objects.of(assembly).latest_first().first()
        return self.page(
            request,
            "admin/programme/revision.html",
            title=_("Revision %(n)s") % {"n": number},
            assembly=assembly,
            log=log,
            is_newest=newest is not None and newest.pk == log.revision.pk,
        )


class RevisionRestore(OrganiserView):
    """Write the drafts back to an older revision. Nothing is published by it."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        revision = get_object_or_404(Revision.objects.of(self.assembly()), number=number)
        services.restore(revision=revision, by=self.user(), at=timezone.now())
        messages.success(
            request,
            _("The drafts are as revision %(n)s had them. Look at the difference and publish.")
            % {"n": number},
        )
        return redirect("publish")


class SessionClashes(OrganiserView):
    """What a session clashes with as it is saved, and as it stands in the form now."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = get_object_or_404(drafts.whole(Session.objects.all()), pk=pk)
        form_class = admin.site.get_model_admin(Session).get_form(request, session)
        form = form_class(request.POST, instance=session)
        saved = drafts.publishable(session.assembly)
        before = self._of(session.code, drafts.clashes_among(saved, session.assembly))
        form.is_valid()
        after = None
        if session.is_placed:
            payload = {**drafts.payload_of(session), "status": Status.CONFIRMED.value}
            typed = {**saved, session.code: payload}
            after = self._of(session.code, drafts.clashes_among(typed, session.assembly))
        template = "clashes_fragment" if request.htmx else "clashes"  # type: ignore[attr-defined]  # by middleware
        return self.page(
            request,
            f"admin/programme/{template}.html",
            title=_("Clashes of “%(title)s”") % {"title": session.title},
            session=session,
            before=before,
            after=after,
            language=get_language(),
        )

    def _of(self, code: str, found: Sequence[Clash]) -> list[Clash]:
        return [clash for clash in found if code in clash.codes]
