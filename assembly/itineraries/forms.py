"""The shape of what people choose about their schedule."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class LanguageForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language for mail, and for pages after you sign in"), choices=settings.LANGUAGES
    )
