"""The account page, and what organisers do to accounts."""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from assembly.accounts import policies, services
from assembly.accounts.forms import InviteForm
from assembly.accounts.models import User


class Account(TemplateView):
    """What a person can change about their own sign-in."""

    template_name = "account/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        assert isinstance(user, User)
        return super().get_context_data(has_second_factor=is_mfa_enabled(user), **kwargs)


class Invite(FormView[InviteForm]):
    template_name = "admin/accounts/invite.html"
    form_class = InviteForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        site = admin.site.each_context(self.request)
        return super().get_context_data(**site, title=_("Invite somebody"), **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        by = self.request.user
        assert isinstance(by, User)
        user = services.invite(**form.cleaned_data, by=by, at=timezone.now())
        messages.success(self.request, _("Invited: %(user)s.") % {"user": user.email})
        return redirect("admin:accounts_user_changelist")


class ManagedAccount(View):
    """A change to somebody else's account: a page that asks first, then the service."""

    title = ""
    question = ""
    button = ""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse:
        user = self._managed(request, pk)
        facts = {
            **admin.site.each_context(request),
            "title": self.title,
            "question": self.question,
            "button": self.button,
            "managed": user,
        }
        return render(request, "admin/accounts/confirm.html", facts)

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        user = self._managed(request, pk)
        assert isinstance(request.user, User)
        self.act(user, request.user)
        messages.success(request, _("Done: %(user)s.") % {"user": user})
        return redirect("admin:accounts_user_change", user.pk)

    def act(self, user: User, by: User) -> None:
        raise NotImplementedError

    def _managed(self, request: HttpRequest, pk: Any) -> User:
        user = get_object_or_404(User, pk=pk)
        assert isinstance(request.user, User)
        if not policies.can_manage(request.user, user):
            raise PermissionDenied
        return user


class OffBoard(ManagedAccount):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.title = _("Off-board")
        self.question = _("They are signed out at once, lose every role and cannot sign in again.")
        self.button = _("Off-board this person")

    def act(self, user: User, by: User) -> None:
        services.off_board(user=user, by=by, at=timezone.now())


class ResetSecondFactor(ManagedAccount):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.title = _("Reset the second factor")
        self.question = _(
            "Their authenticator and recovery codes stop working. They set up a new one at the "
            "next sign-in, and are told by e-mail. Make sure first that it is really them who ask."
        )
        self.button = _("Reset the second factor")

    def act(self, user: User, by: User) -> None:
        services.reset_second_factor(user=user, by=by, at=timezone.now())
