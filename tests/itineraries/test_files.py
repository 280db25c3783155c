"""The service worker and the manifest."""

import json

import pytest

pytestmark = pytest.mark.django_db


def test_the_worker_is_a_script_that_may_serve_session_pages_too(client):
    answer = client.get("/my/sw.js")
    assert answer.headers["Content-Type"] == "text/javascript"
    assert (answer.headers["Service-Worker-Allowed"], answer.headers["Cache-Control"]) == (
        "/",
        "no-cache",
    )
    script = answer.content.decode()
    assert 'const PREFIXES = ["/", "/fr/", "/es/", "/ar/"];' in script
    files = '["/static/planner/planner.css", "/static/planner/my.js", "/static/planner/icon.svg"]'
    assert f"const STATIC = {files};" in script
    assert "&#x27;" not in script


@pytest.mark.parametrize(
    ("language", "start", "direction"),
    [("en", "/my/", "ltr"), ("ar", "/ar/my/", "rtl"), ("nonsense", "/my/", "ltr")],
)
def test_the_manifest_speaks_the_readers_language(client, language, start, direction):
    answer = client.get(f"/my/manifest.webmanifest?lang={language}")
    facts = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert (facts["start_url"], facts["dir"], facts["display"]) == (start, direction, "standalone")
