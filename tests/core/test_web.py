"""Shared pages: bytes kept, compressed, dropped when there are too many."""

import gzip

from django.http import HttpResponse
from django.test import RequestFactory

from assembly.core.web import Rendering, RenderingCache, shared_page

PAGE = RequestFactory().get("/page/")
PACKED = RequestFactory().get("/page/", headers={"accept-encoding": "gzip, br"})


def rendering(size: int) -> Rendering:
    return Rendering(b"x" * size, b"", "text/plain", "")


def test_a_page_is_rendered_once_for_all_who_ask():
    calls = []

    def render() -> HttpResponse:
        calls.append(1)
        return HttpResponse("words " * 200)

    first = shared_page(PAGE, depends_on=["a"], render=render)
    second = shared_page(PAGE, depends_on=["a"], render=render)
    other = shared_page(PAGE, depends_on=["b"], render=render)

    assert (len(calls), first.content == second.content) == (2, True)
    assert first.headers["ETag"] != other.headers["ETag"]
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_a_browser_that_takes_gzip_gets_the_same_page_packed():
    def render() -> HttpResponse:
        return HttpResponse("words " * 200)

    plain = shared_page(PAGE, depends_on=[], render=render)
    packed = shared_page(PACKED, depends_on=[], render=render)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding, Cookie"


def test_what_is_not_a_page_is_not_kept():
    answers = iter([404, 200])

    def render() -> HttpResponse:
        return HttpResponse("", status=next(answers))

    statuses = [shared_page(PAGE, depends_on=[], render=render).status_code for _ in range(3)]
    assert statuses == [404, 200, 200]


def test_the_cache_drops_what_was_used_longest_ago():
    cache = RenderingCache(limit=250)
    for name in "abc":
        cache.put(name, rendering(100))
        cache.get("a")
    assert [name for name in "abc" if cache.get(name)] == ["a", "c"]
