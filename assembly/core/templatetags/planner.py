"""What several templates need to say the same way."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import RequestContext
from django.utils.formats import date_format
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext

register = template.Library()


@register.simple_tag(takes_context=True)
def language_links(context: RequestContext) -> list[dict[str, Any]]:
    """This page in each language: code, name, address, and whether it is the current one."""
    here = _address(context.get("request"))
    current = get_language()
    rest = _without_prefix(here)
    return [
        {
            "code": code,
            "name": name,
            "url": rest if code == settings.LANGUAGE_CODE else f"/{code}{rest}",
            "current": code == current,
        }
        for code, name in settings.LANGUAGES
    ]


def _without_prefix(address: str) -> str:
    """An address as it is in English, which has no prefix.

    Django's `translate_url` resolves and reverses the route for each language: more work than the
    rest of many a page. All our pages differ by the prefix alone.
    """
    for code, _name in settings.LANGUAGES:
        if address.startswith(f"/{code}/"):
            return address[len(code) + 1 :]
    return address


def _address(request: HttpRequest | None) -> str:
    """Where the reader is. A shared page names the parameters it knows and no others."""
    if request is None:
        return "/"
    declared = getattr(request, "declared_query", None)
    if declared is None:
        return request.get_full_path()
    return f"{request.path}?{urlencode(declared)}" if declared else request.path


@register.filter
def foreign(text: object) -> SafeString:
    """A name in whatever script it is in, kept apart from the direction of the text round it."""
    return mark_safe(f"<bdi>{conditional_escape(str(text))}</bdi>")  # noqa: S308  escaped just here


@register.filter
def unlinked(text: object) -> str:
    """What a person wrote, so that no mail program makes a link of it.

    A word joiner (U+2060), which nobody sees, parts what looks like an address.
    """
    return re.sub(r"(?<=[\w:/])([.:@/])(?=[\w/])", "\\1\u2060", str(text))


@register.filter
def listed(words: Iterable[object]) -> str:
    """Words one after the other, with the comma of the language."""
    comma = pgettext("between the words of a list", ", ")
    return comma.join(str(word) for word in words)


@register.filter
def own_links(text: str) -> SafeString:
    """A mail's text with our own addresses as links, and nobody else's."""
    own = re.escape(str(conditional_escape(settings.BASE_URL)))
    linked = re.sub(
        rf"{own}/[^\s<>\"']*", lambda found: f'<a href="{found[0]}">{found[0]}</a>', escape(text)
    )
    return mark_safe(linked)  # noqa: S308  escaped just here


@register.filter
def shown(value: object) -> SafeString:
    """A stored value as a person reads it: instants in the zone in force, nothing as a dash."""
    instant = _instant(value)
    if instant is not None:
        return foreign(date_format(localtime(instant), "j F Y, H:i"))
    return foreign("–" if value in (None, "", "None") else value)


def _instant(value: object) -> datetime | None:
    """An aware instant; simple-history hands its values over as text."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.*\+00:00", value):
        return datetime.fromisoformat(value)
    return value if isinstance(value, datetime) else None
