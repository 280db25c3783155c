"""axe finds nothing: WCAG 2.2 A and AA, light and dark, phone and desk, English and Arabic."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from assembly.programme.models import Session

pytestmark = pytest.mark.browser
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = [(width, scheme) for width in (390, 1280) for scheme in ("light", "dark")]
PUBLIC = [
    "/",
    "/schedule/",
    "/schedule/?q=panel",
    "/schedule/?day=2024-11-05&q=nothing-at-all",
    "/sessions/OPEN01/",
    "/rooms/ARMADILLO/",
    "/changes/",
    "/changes/1/",
    "/assemblies/88/",
    "/help/",
    "/privacy/",
    "/accessibility/",
    "/nowhere/",
    "/account/login/",
    "/account/login/code/",
    "/account/password/reset/",
    "/account/signup/",
    "/demo/mailbox/",
]
ORGANISERS = [
    "/organise/",
    "/organise/publish/",
    "/organise/revisions/1/",
    "/organise/programme/session/",
    "/organise/programme/session/add/",
    "/organise/programme/session/{session}/change/",
    "/organise/programme/session/{session}/history/",
    "/organise/programme/revision/",
    "/organise/venues/room/",
    "/organise/venues/roomclosure/add/",
    "/organise/people/person/",
    "/organise/people/person/add/",
    "/organise/delegations/membercountry/",
    "/organise/accounts/user/",
    "/organise/invite/",
    "/organise/core/auditentry/",
    "/organise/outbox/message/",
    "/account/",
    "/account/2fa/",
]


def findings(page: Page) -> list[tuple[str, str]]:
    options = {"runOnly": {"type": "tag", "values": TAGS}}
    violations = Axe().run(page, options=options).response["violations"]
    return [(v["id"], node["html"][:160]) for v in violations for node in v["nodes"][:3]]


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("language", ["", "/ar"])
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_on_public_pages(opened, width, scheme, language):
    page = opened("/", width=width, scheme=scheme)
    found = {}
    for path in PUBLIC:
        page.goto(language + path)
        found[path] = (findings(page), max(overflow(page), 0))
    assert {path: facts for path, facts in found.items() if facts != ([], 0)} == {}


@pytest.mark.parametrize("language", ["", "/ar"])
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_on_organisers_pages(as_organiser, width, scheme, language):
    page = as_organiser("/organise/", width=width, scheme=scheme)
    session = Session.objects.get(code="PANEL1").pk
    found = {}
    for path in ORGANISERS:
        page.goto(language + path.format(session=session))
        if path.endswith("{session}/change/"):
            page.locator("#clashes h2").wait_for()
        found[path] = findings(page)
    assert {path: facts for path, facts in found.items() if facts} == {}


@pytest.mark.parametrize("path", ["/", "/schedule/", "/sessions/PLEN01/", "/changes/1/"])
def test_pages_fit_320_pixels_which_is_400_percent_of_a_desk(opened, path):
    assert overflow(opened(path, width=320)) <= 0
