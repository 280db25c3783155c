"""What templates ask of a published session."""

from collections.abc import Mapping
from datetime import datetime

from django import template
from django.utils.translation import get_language

from assembly.programme.payloads import text_in
from assembly.programme.selectors.items import Item

register = template.Library()


@register.filter
def is_news(item: Item, at: datetime) -> bool:
    """True for a day after the session moved in time or place."""
    return item.is_news(at)


@register.filter
def in_language(texts: Mapping[str, str]) -> str:
    """A text in the current language, or in English where nobody translated it."""
    return text_in(texts, (get_language() or "en")[:2])
