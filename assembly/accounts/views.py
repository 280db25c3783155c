"""The account page, and what organisers do to accounts."""

from typing import Any, Final

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from assembly.accounts import policies, services
from assembly.accounts.forms import InviteForm, PrintedCodeForm
from assembly.accounts.models import SignInCode, User
from assembly.core.errors import StaleState

PRINTED: Final = "printed_code"  # the key in the session between the two steps
EMPTY_BROWSER: Final = '"cache", "storage"'  # what a browser kept for reading offline goes too


class Account(TemplateView):
    """What a person can change about their own sign-in."""

    template_name = "account/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        assert isinstance(user, User)
        return super().get_context_data(has_second_factor=is_mfa_enabled(user), **kwargs)


class PrintedCode(FormView[PrintedCodeForm]):
    """Step one for those whom no e-mail reaches: type the code. It is not used up by that."""

    template_name = "account/printed_code.html"
    form_class = PrintedCodeForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not ratelimit.consume(request, action="printed_code"):
            refused: HttpResponse = ratelimit.respond_429(request)
            return refused
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: PrintedCodeForm) -> HttpResponse:
        code = services.find_code(typed=form.cleaned_data["code"], at=timezone.now())
        if code is None:
            form.add_error("code", _("This code is not right, was used, or has expired."))
            return self.form_invalid(form)
        self.request.session[PRINTED] = code.digest
        return redirect("account_printed_code_confirm")


class ConfirmPrintedCode(View):
    """Step two: whose code it is, and the button that uses it up."""

    def get(self, request: HttpRequest) -> HttpResponse:
        code = self._code(request)
        if code is None:
            return redirect("account_printed_code")
        return render(request, "account/printed_code_confirm.html", {"name": code.user.name})

    def post(self, request: HttpRequest) -> HttpResponse:
        code = self._code(request)
        if code is None:
            return redirect("account_printed_code")
        try:
            user = services.use_code(code=code, at=timezone.now())
        except StaleState as error:
            messages.error(request, error.message)
            return redirect("account_printed_code")
        answer: HttpResponse = perform_login(
            request, user, redirect_url=resolve_url(settings.DELEGATE_START)
        )
        return answer

    def _code(self, request: HttpRequest) -> SignInCode | None:
        digest = request.session.get(PRINTED, "")
        usable = SignInCode.objects.usable(timezone.now()).select_related("user")
        return usable.filter(digest=digest).first()


class SignOutEverywhere(View):
    """For somebody who lost a phone, or signed in on a borrowed one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "account/sign_out_everywhere.html")

    def post(self, request: HttpRequest) -> HttpResponse:
        assert isinstance(request.user, User)
        services.sign_out_everywhere(user=request.user, by=request.user, at=timezone.now())
        logout(request)
        messages.success(request, _("You are signed out on every device."))
        response = redirect("home")
        response.headers["Clear-Site-Data"] = EMPTY_BROWSER
        return response


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


class SignOutUser(ManagedAccount):
    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.title = _("Sign out everywhere")
        self.question = _(
            "They are signed out on every device, and a printed code they hold stops working. "
            "They can sign in again."
        )
        self.button = _("Sign this person out")

    def act(self, user: User, by: User) -> None:
        services.sign_out_everywhere(user=user, by=by, at=timezone.now())


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
