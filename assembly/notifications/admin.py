"""The rules of reminders and the words of mails, as organisers keep them; alerts, to read."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin

from assembly.core.admin import ReadOnlyAdmin
from assembly.editions.forms import OfAssembly, for_current
from assembly.editions.models import Assembly
from assembly.notifications import rules
from assembly.notifications.choices import When, WordingKey
from assembly.notifications.models import Alert, ReminderRule, Wording
from assembly.programme.models import PublishedSession, Session
from assembly.programme.payloads import start_of, takes_place


class RuleForm(OfAssembly, forms.ModelForm[ReminderRule]):
    """A rule that could still remind somebody."""

    class Meta:
        model = ReminderRule
        exclude = ("assembly",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "minutes" in self.fields:  # checked before the rule is reckoned with
            self.fields["minutes"].validators += ReminderRule._meta.get_field("minutes").validators
        if self.instance.assembly_id is not None and "session" in self.fields:
            self.fields["session"].queryset = Session.objects.of(self.instance.assembly)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        last = self._last_time(data) if not self.errors and data.get("active") else None
        if last is not None and last <= timezone.now():
            shown = date_format(timezone.localtime(last, self.instance.assembly.zone), "l j F, H:i")
            raise ValidationError(
                _("The last reminder by this rule would have gone on %(time)s, which is past."),
                params={"time": shown},
            )
        return data

    def _last_time(self, data: dict[str, Any]) -> datetime | None:
        """When the last reminder by this rule would go, as the programme is published now."""
        assembly = self.instance.assembly
        if data["when"] == When.EVENING:
            return rules.evening_before(assembly.first_day, data["local_time"], assembly.zone)
        rows = PublishedSession.objects.in_latest(assembly)
        if data.get("session"):
            rows = rows.filter(session=data["session"])
        starts = [
            start_of(payload)
            for payload in rows.values_list("payload", flat=True).order_by()
            if takes_place(payload) and data.get("kind") in ("", payload["kind"])
        ]
        return rules.before(max(starts), data["minutes"]) if starts else None


@admin.register(ReminderRule)
class ReminderRuleAdmin(admin.ModelAdmin[ReminderRule]):
    form = RuleForm
    list_display = ("rule", "kind", "session", "whom", "active")
    list_filter = ("active", "assembly")
    list_select_related = ("session",)
    fieldsets = (
        (gettext_lazy("When"), {"fields": ("when", "minutes", "local_time")}),
        (gettext_lazy("Before which sessions"), {"fields": ("kind", "session")}),
        (
            gettext_lazy("Whom"),
            {"fields": ("to_mandatory", "to_speakers", "to_saved", "to_media", "active")},
        ),
    )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        form = super().get_form(request, obj, **options)
        return form if obj is not None else for_current(form)

    @admin.display(description=gettext_lazy("when"))
    def rule(self, rule: ReminderRule) -> str:
        return str(rule)

    @admin.display(description=gettext_lazy("whom"))
    def whom(self, rule: ReminderRule) -> str:
        names = ("to_mandatory", "to_speakers", "to_saved", "to_media")
        labels = [
            str(ReminderRule._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            for name in names
            if getattr(rule, name)
        ]
        return str(_("everybody who comes")) if rule.when == When.EVENING else ", ".join(labels)


class WordingForm(OfAssembly, forms.ModelForm[Wording]):
    class Meta:
        model = Wording
        exclude = ("assembly",)


@admin.register(Wording)
class WordingAdmin(TranslationAdmin[Wording]):
    form = WordingForm
    list_display = ("mail", "preview")
    readonly_fields = ("placeholders", "preview")
    fields = ("key", "placeholders", "subject", "opening", "preview")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        form = super().get_form(request, obj, **options)
        return form if obj is not None else for_current(form)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(assembly__in=Assembly.objects.current())

    @admin.display(description=gettext_lazy("mail"))
    def mail(self, wording: Wording) -> str:
        return str(wording)

    @admin.display(description=gettext_lazy("you may write"))
    def placeholders(self, wording: Wording) -> str:
        """Which placeholders each mail has."""
        lines = [
            f"{WordingKey(key).label}: " + " ".join("{" + name + "}" for name in sorted(names))
            for key, names in rules.PLACEHOLDERS.items()
        ]
        return "; ".join(lines)

    @admin.display(description=gettext_lazy("preview"))
    def preview(self, wording: Wording) -> str:
        words = _("See it in four languages")
        return format_html('<a href="{}">{}</a>', reverse("wording_preview"), words)


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin, admin.ModelAdmin[Alert]):
    list_display = ("kind", "opened_at", "closed_at", "figure")
    list_filter = ("kind",)
