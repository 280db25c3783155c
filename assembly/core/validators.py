"""Checks that several models share."""

from datetime import date
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

FIRST_YEAR: Final = 1923  # the first congress
LAST_YEAR: Final = 2100  # what nobody plans yet


def check_year(moment: date) -> None:
    """A date or instant that somebody can have meant. The year 9999 has no tomorrow to compute."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValidationError(_("This year cannot be right."))
