"""The shape of what visitors and organisers type into the programme's pages."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.forms.models import model_to_dict
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assembly.delegations.models import Delegation
from assembly.editions.forms import OfAssembly
from assembly.programme import rules
from assembly.programme.choices import Audience, MediaAccess, SessionKind, Status
from assembly.programme.clashes import Clash
from assembly.programme.models import Session


class ScheduleFilter(forms.Form):
    """The schedule's filters. What makes no sense is left out, never an error page."""

    day = forms.DateField(required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("All kinds")), *SessionKind.choices],
    )
    room = forms.ChoiceField(label=gettext_lazy("Room"), required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Interpreted into"),
        required=False,
        choices=[("", gettext_lazy("Any language")), *settings.LANGUAGES],
    )
    q = forms.CharField(label=gettext_lazy("Search"), required=False, max_length=80)

    def __init__(self, *args: Any, rooms: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        room = self.fields["room"]
        assert isinstance(room, forms.ChoiceField)
        room.choices = [("", _("All rooms")), *rooms]

    def chosen(self) -> dict[str, Any]:
        """The filters that make sense; the others are as if nobody had set them."""
        self.is_valid()
        return {name: self.cleaned_data.get(name) or None for name in self.fields}


class SessionForm(OfAssembly, forms.ModelForm[Session]):
    """A draft, with the version it was opened at."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Session
        exclude = ("assembly",)

    stored: Session | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._keep_to_the_assembly()
        if self.instance.pk:
            self.fields["based_on"].initial = self.instance.version
        for name in ("starts_at", "embargo_until"):
            if name in self.fields:
                self.fields[name].help_text = _("%(hint)s Zone: %(zone)s.") % {
                    "hint": self.fields[name].help_text,
                    "zone": timezone.get_current_timezone_name(),
                }

    def _keep_to_the_assembly(self) -> None:
        """Delegations and earlier sessions are those of the same Assembly."""
        if self.instance.assembly_id is None:
            return
        for name, model in (("delegations", Delegation), ("must_follow", Session)):
            field = self.fields.get(name)
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = model._default_manager.filter(
                    assembly_id=self.instance.assembly_id
                )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.instance.pk:
            self._check_version(data.get("based_on"))
            self._check_move(data.get("status"))
            self._check_code(data.get("code"))
        if data.get("audience") == Audience.REGION and not data.get("region"):
            self.add_error("region", _("Choose the region that may attend."))
        if data.get("media_access") == MediaAccess.POOL and not data.get("media_places"):
            self.add_error("media_places", _("A media pool needs a number of places."))
        if data.get("status") == Status.CONFIRMED or self._is_published():
            self._check_placed(data)
        return data

    def _is_published(self) -> bool:
        return bool(self.instance.pk and self.instance.published.exists())

    def _check_code(self, code: str | None) -> None:
        stored = Session.objects.get(pk=self.instance.pk)
        if code and code != stored.code and self._is_published():
            self.add_error("code", _("The code of a published session never changes."))

    def _check_version(self, version: int | None) -> None:
        """Hold the row until the transaction ends, so that nobody saves in between."""
        stored = Session.objects.select_for_update().get(pk=self.instance.pk)
        if version != stored.version:
            self.stored = stored
            data = QueryDict(mutable=True)
            data.update(self.data)
            data[self.add_prefix("based_on")] = str(stored.version)
            self.data = data
            raise forms.ValidationError(
                _(
                    "Somebody else saved this session while you were editing it. Nothing of yours "
                    "is lost: compare both versions, then save again to keep yours."
                ),
                code="stale",
            )
        self.stored_status = stored.status

    def both_versions(self) -> list[dict[str, Any]]:
        """Fields that differ between what somebody else saved and what is in the form."""
        if self.stored is None:
            return []
        stored = model_to_dict(self.stored)
        rows = []
        for name in self.fields.keys() & stored.keys():
            theirs, yours = stored[name], self.cleaned_data.get(name)
            if _plain(theirs) != _plain(yours):
                rows.append({"label": self.fields[name].label, "theirs": theirs, "yours": yours})
        return rows

    def _check_move(self, status: str | None) -> None:
        published = self.instance.published.exists()
        old = getattr(self, "stored_status", self.instance.status)
        if status and not rules.may_move(old, status, published=published):
            self.add_error("status", _("A published session is cancelled, not made a draft again."))

    def _check_placed(self, data: dict[str, Any]) -> None:
        for name in ("starts_at", "minutes", "room"):
            if name in self.fields and not data.get(name) and name not in self.errors:
                self.add_error(name, _("A confirmed session needs a start, a length and a room."))


def _plain(value: Any) -> Any:
    """A value as two versions are compared: rows by key, nothing and "" alike."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, list | models.QuerySet):
        return sorted(_plain(entry) for entry in value)
    return value or None


class PublishForm(forms.Form):
    """What to publish, why the warnings are accepted, and whether to tell people."""

    based_on = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("One line for the change log. Everybody can read it."),
    )
    tell = forms.BooleanField(
        label=gettext_lazy("Tell those concerned"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Leave it out only for a typing mistake."),
    )

    def __init__(self, *args: Any, warnings: Iterable[Clash] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warnings = list(warnings)
        for clash in self.warnings:
            self.fields[_reason(clash)] = forms.CharField(
                label=str(clash),
                required=False,
                max_length=200,
                help_text=_("Why it is acceptable. The reason is kept with the revision."),
            )
        self.order_fields([_reason(clash) for clash in self.warnings])

    def accepted(self) -> dict[str, str]:
        """The reasons that were given, by the key of the warning."""
        return {
            clash.key: reason
            for clash in self.warnings
            if (reason := self.cleaned_data[_reason(clash)].strip())
        }

    def look_again(self, *, based_on: int, seen: str) -> None:
        """The page now shows these changes: publishing from it is publishing what it shows."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["based_on"], data["seen"] = str(based_on), seen
        self.data = data

    def ask_for_reason(self, clash: Clash) -> None:
        """Say beside the warning that a reason is missing."""
        if _reason(clash) in self.fields:
            self.add_error(_reason(clash), _("Say why this is acceptable."))


def _reason(clash: Clash) -> str:
    """The field of a warning: by what it is, not by its place in the list, which may have moved."""
    return "reason_" + hashlib.sha256(clash.key.encode()).hexdigest()[:12]
