"""What several templates need to say the same way."""

from typing import Any

from django import template
from django.conf import settings
from django.template.context import RequestContext
from django.urls import translate_url
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag(takes_context=True)
def language_links(context: RequestContext) -> list[dict[str, Any]]:
    """This page in each language: code, name, address, and whether it is the current one."""
    request = context.get("request")
    here = request.get_full_path() if request is not None else "/"
    current = get_language()
    return [
        {"code": code, "name": name, "url": translate_url(here, code), "current": code == current}
        for code, name in settings.LANGUAGES
    ]


@register.filter
def foreign(text: object) -> SafeString:
    """A name in whatever script it is in, kept apart from the direction of the text round it."""
    return mark_safe(f"<bdi>{conditional_escape(str(text))}</bdi>")  # noqa: S308  escaped just here
