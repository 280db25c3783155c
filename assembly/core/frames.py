"""Pages of which the frame is the same for many people and a few parts are one person's own.

The frame is rendered once, with marks where the parts go, and kept under what it depends on.
Nothing of a person is in it: neither words nor tokens.
"""

import secrets
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from assembly.core.kept import Kept

# Nobody can guess it, so nobody can have a name that is taken for a mark.
MARK: Final = f"\N{REPLACEMENT CHARACTER}{secrets.token_hex(8)}:"
TOKEN: Final = "csrf"  # noqa: S105  the name of a part
_frames: Final[Kept[tuple[Hashable, ...], str]] = Kept(200)


def framed(
    request: HttpRequest,
    template: str,
    *,
    depends_on: tuple[Hashable, ...],
    facts: Callable[[], Mapping[str, Any]],
    parts: Mapping[str, SafeString],
) -> HttpResponse:
    """The page of `template`, whose `{{ part.NAME }}` are filled with `parts`.

    `depends_on` names everything else the template shows; `facts` is asked when it is rendered.
    """
    frame = _frames.get((template, *depends_on))
    if frame is None:
        marks = {name: mark_safe(MARK + name) for name in parts}  # noqa: S308  ours
        context = {**facts(), "part": marks, "csrf_token": MARK + TOKEN}
        frame = render_to_string(template, context, request)
        _frames.put((template, *depends_on), frame)
    filled = frame.replace(MARK + TOKEN, get_token(request))
    for name, html in parts.items():
        filled = filled.replace(MARK + name, html)
    return HttpResponse(filled)
