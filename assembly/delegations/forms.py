"""The shape of what focal points and organisers type about delegations."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from assembly.core.errors import NotAllowed
from assembly.core.validators import check_year
from assembly.delegations.facts import DelegateFacts
from assembly.delegations.models import Delegate, Delegation
from assembly.delegations.services import check_move
from assembly.delegations.spreadsheet import MOST_BYTES
from assembly.editions.forms import OfAssembly
from assembly.people.rules import unturned


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class DelegateForm(forms.Form):
    """One delegate. Names and address are left out where others keep them."""

    given_name = forms.CharField(
        label=_("Given names (optional)"),
        max_length=120,
        required=False,
        help_text=_("As on the identity document. Leave it empty for a single name."),
    )
    family_name = forms.CharField(
        label=_("Family name"), max_length=120, help_text=_("As on the identity document.")
    )
    badge_name = forms.CharField(
        label=_("Name on the badge (optional)"),
        max_length=200,
        required=False,
        help_text=_("Empty: both names as above."),
    )
    function = forms.CharField(
        label=_("Function (optional)"),
        max_length=160,
        required=False,
        help_text=_("For example: Head of the National Central Bureau."),
    )
    email = forms.EmailField(
        label=_("E-mail address (optional)"),
        required=False,
        help_text=_(
            "Their own. A code sent to it signs them in. Without one, or with a shared mailbox, "
            "you hand them a printed code."
        ),
    )
    birth_date = forms.DateField(
        label=_("Date of birth (optional)"),
        required=False,
        widget=DayInput,
        validators=[check_year],
        help_text=_("Tells people of the same name apart. Removed after the Assembly."),
    )
    language = forms.ChoiceField(
        label=_("Language for pages and mail"), choices=settings.LANGUAGES, initial="en"
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages they follow"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    arrives_at = forms.DateTimeField(
        label=_("Arrival (optional)"),
        required=False,
        widget=MomentInput,
        validators=[check_year],
        help_text=_("In the host city's time."),
    )
    departs_at = forms.DateTimeField(
        label=_("Departure (optional)"),
        required=False,
        widget=MomentInput,
        validators=[check_year],
    )
    dietary = forms.CharField(
        label=_("Dietary needs (optional)"),
        max_length=300,
        required=False,
        help_text=_("The caterer reads it. Removed after the Assembly."),
    )
    access_needs = forms.CharField(
        label=_("Access needs (optional)"),
        max_length=300,
        required=False,
        help_text=_("For example: wheelchair, hearing loop. Removed after the Assembly."),
    )
    is_head = forms.BooleanField(label=_("Heads the delegation"), required=False)
    protected = forms.BooleanField(
        label=_("Protected"),
        required=False,
        help_text=_("Appears nowhere but for people with the explicit permission."),
    )
    override_reason = forms.CharField(
        label=_("Why a second capacity"),
        max_length=300,
        required=False,
        help_text=_("The person comes in another capacity already. The reason is kept."),
    )

    def __init__(
        self,
        *args: Any,
        may_protect: bool,
        is_new: bool,
        with_person: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        left_out = [] if is_new else ["is_head", "override_reason"]
        left_out += [] if may_protect else ["protected"]
        left_out += [] if with_person else ["given_name", "family_name", "email", "birth_date"]
        if "override_reason" not in self.data:
            left_out.append("override_reason")
        for name in left_out:
            self.fields.pop(name, None)
        if not is_new:
            self.fields["based_on"] = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, value in data.items():
            if isinstance(value, str):
                data[name] = unturned(value).strip()
        if not data.get("family_name") and "family_name" in self.fields and not self.errors:
            self.add_error("family_name", _("Write the family name; a single name goes here."))
        arrives, departs = data.get("arrives_at"), data.get("departs_at")
        if arrives and departs and departs <= arrives:
            self.add_error("departs_at", _("The departure must come after the arrival."))
        return data

    @property
    def facts(self) -> DelegateFacts:
        return DelegateFacts.chosen(self.cleaned_data)

    def ask_for_reason(self) -> None:
        """Show the field in which a second capacity is explained."""
        field = DelegateForm.base_fields["override_reason"]
        self.fields["override_reason"] = field


def initial_of(delegate: Delegate) -> dict[str, Any]:
    """What the form shows of a delegate."""
    person = delegate.person
    return {
        "based_on": delegate.version,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "email": person.email,
        "birth_date": person.birth_date,
        "language": person.language,
        "protected": person.protected,
        "badge_name": delegate.badge_name,
        "function": delegate.function,
        "languages": delegate.languages,
        "arrives_at": delegate.arrives_at,
        "departs_at": delegate.departs_at,
        "dietary": delegate.dietary,
        "access_needs": delegate.access_needs,
    }


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=_("Photo"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text=_("JPEG or PNG, 200 pixels a side at least. Removed after the Assembly."),
    )


class FocalPointForm(forms.Form):
    """Who is to keep a delegation's list."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=150)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("The invitation is written in it."),
    )


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=_("A CSV file (UTF-8) or an .xlsx workbook of at most 5 MB and 20,000 rows."),
        error_messages={"empty": _("This file is empty.")},
    )

    def content(self) -> bytes:
        """The file, cut just beyond the limit: the reader then says that it is too large."""
        return bytes(self.cleaned_data["file"].read(MOST_BYTES + 1))


class DelegationForm(OfAssembly, forms.ModelForm[Delegation]):
    """A delegation as organisers edit it, with the version it was opened at."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Delegation
        fields = (
            "country",
            "organisation",
            "state",
            "seats",
            "credentials",
            "may_vote",
            "voting_reason",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["based_on"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.instance.pk and "based_on" in self.fields:
            stored = Delegation.objects.select_for_update().get(pk=self.instance.pk)
            if data.get("based_on") != stored.version:
                raise forms.ValidationError(
                    _("Somebody else saved this delegation meanwhile. Reload and look again.")
                )
            if data.get("seats") is not None and data["seats"] < stored.seats_taken:
                self.add_error("seats", _("More delegates than that are named already."))
            if not (data.get("may_vote") or data.get("voting_reason") or stored.organisation_id):
                self.add_error("voting_reason", _("Say why this delegation may not vote."))
            try:
                check_move(stored, data.get("state") or stored.state)
            except NotAllowed as error:
                self.add_error("state", error.message)
        return data
