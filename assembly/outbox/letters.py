"""Rendering mail: one base layout, and letters that many people get with their own name in them.

A letter is rendered once for all who get the same in the same language; what is one person's own
is put in afterwards, where the template says `{{ personal.NAME }}`. Nothing a person wrote is ever
read as a template or as markup.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from assembly.core.templatetags.planner import foreign, unlinked

LONGEST_SUBJECT: Final = 250
# Nobody can guess it, so nobody can have a name that is taken for a mark.
_MARK: Final = f"mark{secrets.token_hex(8)}"
_INLINER: Final = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Rendered:
    """A mail as it will be sent: one line, plain text, and HTML with its styles inside."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Letter:
    """A mail that waits for what is one person's own: `names` and `links`, by their keys."""

    rendered: Rendered

    def to(self, names: Mapping[str, str], links: Mapping[str, str] | None = None) -> Rendered:
        """The letter for one person. Names are people's words, links are our own addresses."""
        subject, text, html = self.rendered.subject, self.rendered.text, self.rendered.html
        for key, name in names.items():
            plain = unlinked(one_line(name))
            subject = subject.replace(mark(key), plain)
            text = text.replace(mark(key), plain)
            html = html.replace(mark(key), foreign(plain))
        for key, link in (links or {}).items():
            text, html = text.replace(mark(key), link), html.replace(mark(key), link)
        return Rendered(one_line(subject)[:LONGEST_SUBJECT], text, html)


def compose(
    template: str, language: str, context: Mapping[str, Any], personal: Iterable[str] = ()
) -> Letter:
    """Render `<template>_subject.txt`, `_message.txt` and `_message.html` in a language.

    `personal` names what each recipient's `to` will put in.
    """
    with translation.override(language):
        facts = {
            **context,
            "base_url": settings.BASE_URL,
            "contact_email": settings.CONTACT_EMAIL,
            "personal": {key: mark_safe(mark(key)) for key in personal},  # noqa: S308  ours
        }
        subject = one_line(render_to_string(f"{template}_subject.txt", facts))
        text = render_to_string(f"{template}_message.txt", facts).strip() + "\n"
        html = _INLINER.inline(render_to_string(f"{template}_message.html", facts))
    return Letter(Rendered(subject[:LONGEST_SUBJECT], text, html))


def one_line(text: str) -> str:
    """Without a line break: none ever reaches a header."""
    return " ".join(text.split())


def mark(key: str) -> str:
    """What stands for one person's own until `Letter.to` puts it in."""
    return f"{_MARK}{key}end"
