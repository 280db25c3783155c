"""What templates ask of a published session."""

from datetime import datetime

from django import template

from assembly.programme.selectors.items import Item

register = template.Library()


@register.filter
def is_news(item: Item, at: datetime) -> bool:
    """True for a day after the session moved in time or place."""
    return item.is_news(at)
