"""The shape of what organisers enter about announcements."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from assembly.core.validators import check_year
from assembly.delegations.choices import Region
from assembly.delegations.models import Delegation
from assembly.editions.models import Assembly
from assembly.notifications import rules
from assembly.notifications.choices import Group
from assembly.notifications.models import Announcement
from assembly.notifications.models.wording import refusal
from assembly.notifications.selectors.audience import Audience
from assembly.outbox.letters import one_line
from assembly.programme.models import PublishedSession

LANGUAGES: Final = settings.LANGUAGES
PEOPLE: Final = ("everybody", "groups", "regions", "delegations", "sessions", "rooms", "days")


class AnnouncementForm(forms.ModelForm[Announcement]):
    """Text in up to four languages, whom it is for, and when it leaves."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    everybody = forms.BooleanField(
        label=_("Everybody who comes"),
        required=False,
        help_text=_("Or choose below. Each choice narrows the list: delegates of Africa, say."),
    )
    groups = forms.MultipleChoiceField(
        label=_("Who they are"),
        choices=Group.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    regions = forms.MultipleChoiceField(
        label=_("Region of their delegation"),
        choices=Region.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    delegations = forms.MultipleChoiceField(
        label=_("Delegations"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Hold Ctrl to choose several."),
    )
    sessions = forms.MultipleChoiceField(
        label=_("Whom these sessions concern"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Those expected, those who take part, and those who saved it."),
    )
    rooms = forms.MultipleChoiceField(
        label=_("Whom sessions in these rooms concern"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )
    days = forms.MultipleChoiceField(
        label=_("Whom sessions on these days concern"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Announcement
        fields = (
            *(f"subject_{code}" for code, _name in LANGUAGES),
            *(f"body_{code}" for code, _name in LANGUAGES),
            "safety",
            "send_at",
        )
        widgets = {
            "send_at": forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
            **{f"body_{code}": forms.Textarea(attrs={"rows": 6}) for code, _name in LANGUAGES},
        }

    def __init__(self, *args: Any, assembly: Assembly, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["delegations"].choices = _delegations(assembly)  # type: ignore[attr-defined]
        self.fields["sessions"].choices = _sessions(assembly)  # type: ignore[attr-defined]
        self.fields["rooms"].choices = _rooms(assembly)  # type: ignore[attr-defined]
        self.fields["days"].choices = [  # type: ignore[attr-defined]
            (day.isoformat(), date_format(day, "l j F")) for day in assembly.days
        ]
        send_at = self.fields["send_at"]
        send_at.validators.append(check_year)
        for code, name in LANGUAGES:
            for field in ("subject", "body"):
                shown = self.fields[f"{field}_{code}"]
                shown.required = False
                shown.widget.attrs.update(lang=code, dir="rtl" if code == "ar" else "ltr")
                label = _("Subject") if field == "subject" else _("Text")
                shown.label = f"{label} ({name})"
        hint = _("You may write {name} and {delegation}: each reader finds their own.")
        self.fields["body_en"].help_text = hint
        if self.instance.pk:
            self.initial.update({**self.instance.audience, "based_on": self.instance.version})

    def texts(self, code: str) -> list[forms.BoundField]:
        return [self[f"subject_{code}"], self[f"body_{code}"]]

    @property
    def by_language(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        return [(code, name, self.texts(code)) for code, name in LANGUAGES]

    @property
    def people_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in PEOPLE]

    def described(self) -> list[tuple[str, list[str]]]:
        """Whom the saved announcement is for, in words: what was chosen under each heading."""
        found = []
        for name in PEOPLE[1:]:
            field = self.fields[name]
            labels = dict(field.choices)  # type: ignore[attr-defined]
            chosen = [str(labels.get(code, code)) for code in self.instance.audience.get(name, [])]
            if chosen:
                found.append((str(field.label), chosen))
        return found or [(str(self.fields["everybody"].label), [])]

    @property
    def audience(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in PEOPLE}

    @property
    def content(self) -> dict[str, Any]:
        """What `services.save` asks for."""
        texts = {
            f"{field}_{code}": self.cleaned_data.get(f"{field}_{code}") or ""
            for code, _name in LANGUAGES
            for field in ("subject", "body")
        }
        rest = {name: self.cleaned_data[name] for name in ("safety", "send_at")}
        return {**texts, **rest, "audience": self.audience}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        written = 0
        for code, _name in LANGUAGES:
            data[f"subject_{code}"] = one_line(data.get(f"subject_{code}") or "")
            subject, body = data[f"subject_{code}"], data.get(f"body_{code}")
            self._check_placeholders(code)
            if bool(subject) != bool(body):
                missing = "body" if subject else "subject"
                self.add_error(
                    f"{missing}_{code}", _("Write subject and text, or neither, in a language.")
                )
            written += bool(subject and body)
        if not written:
            self.add_error("subject_en", _("Write it in at least one language."))
        send_at = data.get("send_at")
        if send_at is not None and send_at <= timezone.now():
            self.add_error("send_at", _("That is in the past. Leave it empty to send at once."))
        if not self.errors:
            chosen = Audience.of(self.audience)
            if chosen.is_nobody:
                self.add_error("everybody", _("Choose whom it is for."))
            elif chosen.everybody and not replace(chosen, everybody=False).is_nobody:
                self.add_error("everybody", _("Choose everybody, or some below, not both."))
        return data

    def _check_placeholders(self, code: str) -> None:
        for field in ("subject", "body"):
            name = f"{field}_{code}"
            try:
                rules.check_text(self.cleaned_data.get(name) or "", rules.IN_ANNOUNCEMENTS)
            except rules.BadPlaceholder as error:
                self.add_error(name, refusal(error, rules.IN_ANNOUNCEMENTS))


class ConfirmForm(forms.Form):
    """The typed number of recipients, and which list and text it was typed for."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    digest = forms.CharField(widget=forms.HiddenInput, max_length=16)
    count = forms.IntegerField(
        label=_("Type the number of recipients to confirm"),
        min_value=0,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def _delegations(assembly: Assembly) -> list[tuple[str, str]]:
    found = Delegation.objects.of(assembly).select_related("country", "organisation")
    return sorted(((d.code, str(d)) for d in found), key=lambda choice: choice[1])


def _sessions(assembly: Assembly) -> Iterable[tuple[str, str]]:
    rows = PublishedSession.objects.in_latest(assembly).select_related("session")
    starts = (timezone.localtime(row.starts_at, assembly.zone) for row in rows)
    return [
        (row.code, f"{date_format(start, 'D j F, H:i')} {row.session.title}")
        for row, start in zip(rows, starts, strict=True)
    ]


def _rooms(assembly: Assembly) -> list[tuple[str, str]]:
    rows = PublishedSession.objects.in_latest(assembly).order_by("room_code")
    names = rows.values_list("room_code", "session__room__name").distinct()
    return [(code, name or code) for code, name in dict(names).items()]
