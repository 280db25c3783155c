"""Organisers' pages beside the admin: publish, revisions, the clashes of a session being edited."""

from collections.abc import Sequence

from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from assembly.core.errors import PlannerError
from assembly.editions.models import Assembly
from assembly.editions.views import OrganiserView
from assembly.programme import services
from assembly.programme.choices import Status
from assembly.programme.clashes import Clash
from assembly.programme.forms import PublishForm
from assembly.programme.models import Revision, Session
from assembly.programme.selectors import drafts
from assembly.programme.selectors.changelog import change_log
from assembly.programme.selectors.proposal import Proposed, proposed
from assembly.programme.services.publishing import Plan, plan

# What the clash rules look at: while one of these cannot be read, nothing can be said.
CLASHING = frozenset({"starts_at", "minutes", "room", "expected", "media_places", "kind"})


class Publish(OrganiserView):
    """The difference to what is published, what blocks, what warns, and the button.

    What is ticked is what is published, whether or not the choice was checked before.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        assembly = self.assembly()
        everything = plan(assembly=assembly)
        form = PublishForm(
            warnings=everything.unanswered({}),
            initial={"based_on": everything.base, "seen": everything.digest},
        )
        return self._show(request, assembly, everything, everything, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        assembly = self.assembly()
        everything = plan(assembly=assembly)
        chosen = request.POST.getlist("only")
        codes = {change.code for change in everything.changes}
        partly = chosen if codes - set(chosen) else None
        planned = plan(assembly=assembly, sessions=partly)
        form = PublishForm(request.POST, warnings=planned.unanswered({}))
        if not form.is_valid():
            return self._show(request, assembly, everything, planned, form, status=422)
        if codes and not chosen:
            form.add_error(None, _("Choose at least one change."))
            return self._show(request, assembly, everything, planned, form, status=422)
        if "check" in request.POST:
            return self._show(request, assembly, everything, planned, form)
        try:
            revision = self._publish(assembly, form, partly)
        except PlannerError as error:
            form.add_error(None, error.message)
            self._ask_for_reasons(form, error)
            form.look_again(based_on=everything.base, seen=everything.digest)
            return self._show(request, assembly, everything, planned, form, status=409)
        messages.success(request, _("Published as revision %(n)s.") % {"n": revision.number})
        return redirect("revision_draft", revision.number)

    def _publish(
        self, assembly: Assembly, form: PublishForm, chosen: Sequence[str] | None
    ) -> Revision:
        return services.publish(
            assembly=assembly,
            by=self.user(),
            at=timezone.now(),
            based_on=form.cleaned_data["based_on"],
            sessions=chosen,
            accepted=form.accepted(),
            note=form.cleaned_data["note"],
            tell=form.cleaned_data["tell"],
            seen=form.cleaned_data["seen"] or None,
        )

    def _ask_for_reasons(self, form: PublishForm, error: PlannerError) -> None:
        if isinstance(error, services.WarningsNotAccepted):
            for clash in error.clashes:
                form.ask_for_reason(clash)

    def _show(
        self,
        request: HttpRequest,
        assembly: Assembly,
        everything: Plan,
        planned: Plan,
        form: PublishForm,
        status: int = 200,
    ) -> HttpResponse:
        shown: Proposed = proposed(assembly, everything.changes)
        response = self.page(
            request,
            "admin/programme/publish.html",
            title=_("Publish the programme"),
            plan=planned,
            proposed=shown,
            chosen={change.code for change in planned.changes},
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
        unpublished = plan(assembly=assembly).changes
        return self.page(
            request,
            "admin/programme/revision.html",
            title=_("Revision %(n)s") % {"n": number},
            log=log,
            accepted=self._accepted(log.revision),
            lost=proposed(assembly, unpublished).entries,
            is_newest=newest is not None and newest.pk == log.revision.pk,
        )

    def _accepted(self, revision: Revision) -> list[tuple[str, str]]:
        """Each accepted warning, as a sentence if today's rooms still give it, with its reason."""
        payloads = dict(revision.sessions.values_list("code", "payload"))
        found = drafts.clashes_among(payloads, revision.assembly)
        sentences = {clash.key: str(clash) for clash in found}
        return [(sentences.get(key, key), reason) for key, reason in revision.accepted.items()]


class RevisionRestore(OrganiserView):
    """Write the drafts back to an older revision. Nothing is published by it."""

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        assembly = self.assembly()
        revision = get_object_or_404(Revision.objects.of(assembly), number=number)
        if plan(assembly=assembly).changes and "sure" not in request.POST:
            messages.error(request, _("Tick the box first: unpublished changes would be lost."))
            return redirect("revision_draft", number)
        try:
            services.restore(revision=revision, by=self.user(), at=timezone.now())
        except PlannerError as error:
            messages.error(request, error.message)
            return redirect("revision_draft", number)
        messages.success(
            request,
            _("The drafts are as revision %(n)s had them. Look at the difference and publish.")
            % {"n": number},
        )
        return redirect("publish")


class SessionClashes(OrganiserView):
    """What a session clashes with as it is saved, and as it stands in the form now."""

    @method_decorator(transaction.atomic)  # the form looks at the version under a lock
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        session = get_object_or_404(drafts.whole(Session.objects.all()), pk=pk)
        form_class = admin.site.get_model_admin(Session).get_form(request, session)
        form = form_class(request.POST, instance=session)
        saved = drafts.publishable(session.assembly)
        before = self._of(session.code, drafts.clashes_among(saved, session.assembly))
        form.is_valid()
        unreadable = [str(form.fields[name].label) for name in CLASHING & form.errors.keys()]
        after = None
        if session.is_placed and not unreadable:
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
            unreadable=", ".join(sorted(unreadable)),
        )

    def _of(self, code: str, found: Sequence[Clash]) -> list[Clash]:
        return [clash for clash in found if code in clash.codes]
