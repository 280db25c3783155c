"""Forms for signing in and for inviting. Labels are ours, so that all languages are complete."""

from typing import Any

from allauth.account.forms import (
    ConfirmLoginCodeForm,
    LoginForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
)
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from assembly.accounts.choices import STAFF_ROLES, Role
from assembly.accounts.models import User


class PasswordForm(LoginForm):
    """Staff: address and password. The second factor is asked for after this."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["login"], _("E-mail address"))
        _plain(self.fields["password"], _("Password"))
        self.fields["password"].help_text = ""


class RequestCodeForm(RequestLoginCodeForm):
    """Everybody else: a code by e-mail. Staff get none, and the page does not say so."""

    _user: User | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["email"], _("E-mail address"))
        self.fields["email"].help_text = _("The address your delegation gave for you.")

    def clean_email(self) -> str:
        email = super().clean_email()
        if self._user is not None and self._user.is_staff:
            self._user = None
        return str(email)


class ConfirmCodeForm(ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["code"], _("Code"))
        self.fields["code"].help_text = _("From the e-mail we sent. It works for 15 minutes.")


class ResetPasswordRequestForm(ResetPasswordForm):
    """Only staff have passwords, so only staff can reset one."""

    users: list[User]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["email"], _("E-mail address"))

    def clean_email(self) -> str:
        email = super().clean_email()
        self.users = [user for user in self.users if user.is_staff]
        return str(email)


class PrintedCodeForm(forms.Form):
    """The code on the slip that the focal point or the help desk handed out."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("12 letters and digits. Hyphens and small letters do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "dir": "ltr"}
        ),
    )


class InviteForm(forms.Form):
    """Who is invited, and as what."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=150)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("The invitation is written in it."),
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=[(role.value, role.label) for role in Role if role in STAFF_ROLES],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What this person may do. Choose at least one."),
    )

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip().lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody with this address has an account already."))
        return email


def _plain(field: forms.Field, label: Any) -> None:
    """Our label, and no placeholder: it vanishes just when a person needs it."""
    field.label = label
    field.widget.attrs.pop("placeholder", None)
