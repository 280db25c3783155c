"""The shape of what organisers type about outgoing mail."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    """Why somebody decided; it is written down with the decision."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("It is kept with the decision, so name nobody."),
        error_messages={"required": _("Say why, in a few words.")},
    )
