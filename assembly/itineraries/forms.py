"""The shape of what people choose about their schedule."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from assembly.itineraries.choices import Topic, lead_choices
from assembly.itineraries.models import Itinerary


class SettingsForm(forms.Form):
    """The language of pages and mail, when to be reminded, and what comes by mail."""

    language = forms.ChoiceField(
        label=_("Language for mail, and for pages after you sign in"), choices=settings.LANGUAGES
    )
    lead = forms.ChoiceField(
        label=_("Remind me"),
        choices=lead_choices,
        required=False,
        help_text=_("Before sessions you are expected at, take part in or saved."),
    )
    mail = forms.MultipleChoiceField(
        label=_("Send me by mail"),
        choices=Topic.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Everything also stands under Messages. Safety messages always come by mail."),
    )

    @classmethod
    def chosen(cls, language: str, itinerary: Itinerary | None) -> "SettingsForm":
        """Filled in with what somebody chose so far."""
        lead = itinerary.lead_minutes if itinerary else None
        muted = itinerary.muted if itinerary else []
        initial = {
            "language": language,
            "lead": "" if lead is None else str(lead),
            "mail": [topic for topic in Topic.values if topic not in muted],
        }
        return cls(initial=initial)

    @property
    def choice(self) -> dict[str, Any]:
        """What `services.choose_reminders` asks for."""
        lead, wanted = self.cleaned_data["lead"], self.cleaned_data["mail"]
        return {
            "lead_minutes": int(lead) if lead else None,
            "muted": [topic for topic in Topic.values if topic not in wanted],
        }
