"""Pages that look the same to everybody: validators, 304 answers, and bytes kept in the process.

Such a page carries no cookie, no CSRF token and no nonce, so one rendering serves all. Its
validator is made of all it depends on; when that has not moved, the answer is a 304, and when
another visitor asked before, it is the same bytes again.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers

KEPT_BYTES: Final = 64 * 1024 * 1024
SMALLEST_GZIP: Final = 500


@dataclass(frozen=True)
class Rendering:
    """A rendered page: its bytes, the same bytes compressed, and what they are."""

    body: bytes
    gzipped: bytes
    content_type: str
    disposition: str


class RenderingCache:
    """The renderings used last, up to a number of bytes. Safe for threads."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._entries: OrderedDict[str, Rendering] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> Rendering | None:
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
            return found

    def put(self, key: str, rendering: Rendering) -> None:
        with self._lock:
            if key in self._entries:
                return
            self._entries[key] = rendering
            self._size += len(rendering.body) + len(rendering.gzipped)
            while self._size > self._limit:
                _, oldest = self._entries.popitem(last=False)
                self._size -= len(oldest.body) + len(oldest.gzipped)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._size = 0


renderings = RenderingCache()


@cache
def release() -> str:
    """A digest of the code, templates, catalogues and styles that make a page.

    It is part of every validator: after an upgrade no browser keeps a page of the old release.
    """
    digest = hashlib.sha256()
    roots = [settings.BASE_DIR / name for name in ("assembly", "venues", "templates")]
    for path in sorted(_sources(roots)):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _sources(roots: Iterable[Path]) -> Iterable[Path]:
    for root in roots:
        for pattern in ("*.py", "*.html", "*.mo", "*.css", "*.js"):
            yield from root.rglob(pattern)


def is_shared(request: HttpRequest) -> bool:
    """True for a reader about whom we know nothing: no sign-in, no message waiting for them."""
    personal = {settings.SESSION_COOKIE_NAME, "messages"}
    return not personal & request.COOKIES.keys()


def shared_page(
    request: HttpRequest, *, depends_on: Iterable[object], render: Callable[[], HttpResponse]
) -> HttpResponseBase:
    """Answer with a 304, with kept bytes, or with what `render` makes (and keep that).

    `depends_on` names everything the page shows: revision, language, filters, the minute.
    """
    key = hashlib.sha256(repr([release(), request.path, *depends_on]).encode()).hexdigest()[:32]
    etag = f'W/"{key}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return _validated(unchanged, etag)
    rendering = renderings.get(key)
    if rendering is None:
        response = render()
        if response.status_code != HTTPStatus.OK:
            return response
        rendering = _rendering_of(response)
        renderings.put(key, rendering)
    return _validated(_answer(request, rendering), etag)


def _rendering_of(response: HttpResponse) -> Rendering:
    body = response.content
    return Rendering(
        body=body,
        gzipped=gzip.compress(body, 6, mtime=0) if len(body) >= SMALLEST_GZIP else b"",
        content_type=response.headers["Content-Type"],
        disposition=response.headers.get("Content-Disposition", ""),
    )


def _answer(request: HttpRequest, rendering: Rendering) -> HttpResponse:
    packed = rendering.gzipped and "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(
        rendering.gzipped if packed else rendering.body, content_type=rendering.content_type
    )
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    if rendering.disposition:
        response.headers["Content-Disposition"] = rendering.disposition
    response.headers["Content-Length"] = str(len(response.content))
    return response


def _validated(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    # Who has signed in gets another page at the same address.
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
    return response
