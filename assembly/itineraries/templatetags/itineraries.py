"""What the templates of personal schedules need."""

import json
from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def js_list(values: Sequence[str]) -> SafeString:
    """A list of addresses as it stands in a script; "<" cannot end the script it stands in."""
    return mark_safe(json.dumps(list(values)).replace("<", "\\u003c"))  # noqa: S308  escaped just here
