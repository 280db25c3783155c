"""One delegate: nominate, look and change, replace, withdraw, head, photo, sign-in code."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from assembly.core.codes import read_aloud
from assembly.core.errors import PlannerError
from assembly.delegations import photos, policies, services
from assembly.delegations.forms import DelegateForm, PhotoForm, initial_of
from assembly.delegations.models import Delegate
from assembly.delegations.views.lists import DelegationView, list_page, slips_page
from assembly.people.services import CapacityTaken


class DelegateView(DelegationView):
    """A page about one delegate that the user may see."""

    def delegate(self, uuid: UUID) -> Delegate:
        """The delegate with everything about them; the help desk sees names alone."""
        delegate = self.listed_delegate(uuid)
        if not policies.can_see_details(self.user(), delegate.delegation):
            raise PermissionDenied
        if delegate.withdrawn_at and not self.user().has_perm("delegations.keep_delegations"):
            raise Http404  # they may sit in another delegation by now
        return delegate

    def listed_delegate(self, uuid: UUID) -> Delegate:
        visible = Delegate.objects.visible_to(self.user()).select_related(
            "person__user",
            "capacity",
            "delegation__assembly",
            "delegation__country",
            "delegation__organisation",
        )
        delegate: Delegate = get_object_or_404(visible, uuid=uuid)
        return delegate

    def changeable(self, uuid: UUID) -> Delegate:
        delegate = self.delegate(uuid)
        self.check_may_change(delegate.delegation)
        if delegate.withdrawn_at is not None:
            raise Http404
        return delegate

    def form(self, *args: Any, **options: Any) -> DelegateForm:
        may_protect = self.user().has_perm("people.see_protected")
        with timezone.override(self.assembly().zone):
            form = DelegateForm(*args, may_protect=may_protect, **options)
            if form.is_bound:
                form.is_valid()  # times are read in the Assembly's zone
        return form


class Nominate(DelegateView):
    """Put somebody on the list; `replace` puts them in the place of somebody else."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        facts = self._place(uuid)
        return self._show(request, self.form(is_new=True), facts)

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        facts = self._place(uuid)
        form = self.form(request.POST, is_new=True)
        if not form.is_valid():
            return self._show(request, form, facts, status=422)
        try:
            named = self.act(form, facts)
        except CapacityTaken as error:
            form.ask_for_reason()
            form.add_error("override_reason", error.message)
            return self._show(request, form, facts, status=409)
        except PlannerError as error:
            form.add_error(None, error.message)
            return self._show(request, form, facts, status=409)
        messages.success(request, _("On the list: %(name)s.") % {"name": named.badge_name})
        return redirect(self.back_to(named.delegation))

    def act(self, form: DelegateForm, facts: dict[str, Any]) -> Delegate:
        return services.nominate(
            delegation=facts["delegation"],
            facts=form.facts,
            is_head=form.cleaned_data["is_head"],
            override_reason=form.cleaned_data.get("override_reason", ""),
            protected=form.cleaned_data.get("protected", False),
            by=self.user(),
            at=timezone.now(),
        )

    def _place(self, uuid: UUID) -> dict[str, Any]:
        delegation = self.delegation(uuid)
        self.check_may_change(delegation)
        return {"delegation": delegation}

    def _show(
        self, request: HttpRequest, form: DelegateForm, facts: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        back = self.back_to(facts["delegation"])
        template = "delegations/nominate.html"
        return self.page(request, template, status=status, form=form, back=back, **facts)


class Replace(Nominate):
    """Somebody else comes instead: one step, so that the seat is never lost to a third."""

    def _place(self, uuid: UUID) -> dict[str, Any]:
        delegate = self.changeable(uuid)
        return {"delegation": delegate.delegation, "replaced": delegate}

    def act(self, form: DelegateForm, facts: dict[str, Any]) -> Delegate:
        return services.replace(
            delegate=facts["replaced"],
            facts=form.facts,
            override_reason=form.cleaned_data.get("override_reason", ""),
            protected=form.cleaned_data.get("protected", False),
            by=self.user(),
            at=timezone.now(),
        )


class DelegatePage(DelegateView):
    """Everything about one delegate, to look at and, while it may be, to change."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        delegate = self.delegate(uuid)
        return self._show(request, delegate, self._form(delegate))

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        delegate = self.changeable(uuid)
        form = self._form(delegate, request.POST)
        if not form.is_valid():
            return self._show(request, delegate, form, status=422)
        try:
            services.change_delegate(
                delegate=delegate,
                facts=form.facts,
                based_on=form.cleaned_data["based_on"],
                with_person=policies.can_change_person(self.user(), delegate),
                protected=form.cleaned_data.get("protected"),
                by=self.user(),
                at=timezone.now(),
            )
        except PlannerError as error:
            form.add_error(None, error.message)
            return self._show(request, delegate, form, status=409)
        messages.success(request, _("Saved: %(name)s.") % {"name": form.facts.name})
        return redirect(self.back_to(delegate.delegation))

    def _form(self, delegate: Delegate, *data: Any) -> DelegateForm:
        with_person = policies.can_change_person(self.user(), delegate)
        initial = initial_of(delegate)
        return self.form(*data, initial=initial, is_new=False, with_person=with_person)

    def _show(
        self, request: HttpRequest, delegate: Delegate, form: DelegateForm, status: int = 200
    ) -> HttpResponse:
        user = self.user()
        return self.page(
            request,
            "delegations/delegate.html",
            status=status,
            delegate=delegate,
            delegation=delegate.delegation,
            form=form,
            photo_form=PhotoForm(),
            may_change=policies.can_change_list(user, delegate.delegation, timezone.now())
            and delegate.withdrawn_at is None,
            may_issue_code=policies.can_issue_code(user, delegate),
            back=list_page(user, delegate.delegation),
        )


class Withdraw(DelegateView):
    """Take somebody off the list, after a question."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        delegate = self.changeable(uuid)
        back = self.back_to(delegate.delegation)
        return self.page(request, "delegations/withdraw.html", delegate=delegate, back=back)

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        delegate = self.changeable(uuid)
        words = _("Withdrawn: %(name)s. The seat is free.") % {"name": delegate.badge_name}
        return self.do(request, delegate, services.withdraw, words)

    def do(
        self, request: HttpRequest, delegate: Delegate, act: Callable[..., None], words: str
    ) -> HttpResponse:
        try:
            act(delegate=delegate, by=self.user(), at=timezone.now())
        except PlannerError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, words)
        return redirect(self.back_to(delegate.delegation))


class MakeHead(Withdraw):
    """This delegate heads from now on."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        delegate = self.changeable(uuid)
        words = _("Head of delegation: %(name)s.") % {"name": delegate.badge_name}
        return self.do(request, delegate, services.make_head, words)


class Code(DelegateView):
    """A printed sign-in code for one delegate: asks first, since the one before stops working."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        delegate = self._allowed(uuid)
        back = self.back_to(delegate.delegation)
        people = [delegate]
        return self.page(
            request, "delegations/codes_ask.html", people=people, single=True, back=back
        )

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        delegate = self._allowed(uuid)
        back = self.back_to(delegate.delegation)
        try:
            code = services.hand_out_code(delegate=delegate, by=self.user(), at=timezone.now())
        except PlannerError as error:
            messages.error(request, error.message)
            return redirect(back)
        return slips_page(self, request, [(delegate, read_aloud(code))], back)

    def _allowed(self, uuid: UUID) -> Delegate:
        delegate = self.listed_delegate(uuid)
        if not policies.can_issue_code(self.user(), delegate):
            raise PermissionDenied
        return delegate


class Photo(DelegateView):
    """The photo of a delegate, for those who may see them; POST keeps a new one or removes it."""

    def get(self, request: HttpRequest, uuid: UUID) -> HttpResponseBase:
        delegate = self.delegate(uuid)
        if not delegate.photo:
            raise Http404
        try:
            file = delegate.photo.open("rb")
        except FileNotFoundError:
            raise Http404 from None
        response = FileResponse(file, content_type="image/jpeg")
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        delegate = self.changeable(uuid)
        form = PhotoForm(request.POST, request.FILES)
        if "remove" in request.POST:
            services.remove_photo(delegate=delegate, by=self.user(), at=timezone.now())
            messages.success(request, _("The photo is removed."))
        elif not form.is_valid():
            messages.error(request, _("Choose a photo first."))
        else:
            self._keep(request, delegate, form)
        return redirect("delegate", delegate.uuid)

    def _keep(self, request: HttpRequest, delegate: Delegate, form: PhotoForm) -> None:
        content = form.cleaned_data["photo"].read(photos.MOST_BYTES + 1)
        try:
            jpeg = photos.portrait(content)
        except photos.UnusablePhoto as error:
            messages.error(request, error.message)
            return
        services.set_photo(delegate=delegate, jpeg=jpeg, by=self.user(), at=timezone.now())
        messages.success(request, _("The photo is saved."))
