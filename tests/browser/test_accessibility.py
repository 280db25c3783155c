"""axe finds nothing: WCAG 2.2 A and AA, light and dark, phone and desk, English and Arabic."""

from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from assembly.accounts.models import User
from assembly.accounts.services import issue_code
from assembly.delegations.models import Delegate, Delegation, ImportBatch
from assembly.delegations.services import preview
from assembly.editions.models import Assembly
from assembly.outbox import choices
from assembly.outbox.letters import Rendered
from assembly.outbox.models import DeliveryAttempt, Message, Suppression
from assembly.outbox.recipients import Recipient
from assembly.outbox.services import Parcel, enqueue_many
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
    "/account/login/printed/",
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
    "/organise/delegations/overview/",
    "/organise/delegations/{delegation}/",
    "/organise/delegations/delegation/",
    "/organise/delegations/delegation/add/",
    "/organise/delegations/delegate/",
    "/organise/delegations/observerorganisation/",
    "/organise/import/",
    "/organise/import/{batch}/",
    "/organise/publish/impact/",
    "/organise/accounts/user/",
    "/organise/invite/",
    "/organise/core/auditentry/",
    "/organise/outbox/message/",
    "/organise/outbox/message/?q=nobody",
    "/organise/messages/{uncertain}/",
    "/organise/messages/{refused}/",
    "/organise/messages/{secret}/",
    "/organise/outbox/suppression/",
    "/organise/messages/suppressed/{suppressed}/",
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


def _batch() -> ImportBatch:
    """A preview with a new row, a faulty and a changed one."""
    content = (
        b"Country,Given names,Family name,Function\nPeru,Ana,Quispe,\nXX,A,B,\nCL,Demo,delegate,X"
    )
    assembly = Assembly.objects.current().get()
    return preview(assembly=assembly, name="d.csv", content=content, by=None, at=datetime.now(UTC))


def _mail() -> dict[str, object]:
    """A mail that was perhaps sent, one that was refused, one with a code, a suppressed address."""
    now = datetime.now(UTC)
    words = Rendered("تغيّرت القاعة: الجلسة العامة", "تغيّرت القاعة.\n\nhttps://example.org/x", "")
    letter = Rendered("Room changed: Plenary", f"Go to Lomond.\n\nhttp://a.example/{'y' * 90}", "")
    parcels = [
        Parcel(
            Recipient("amina@example.org", "أمينة", "ar"), words, "axe:1", "t/changed", "PLEN01"
        ),
        Parcel(Recipient("jo@example.org", "Jo"), letter, "axe:2", "t/changed", "PLEN01"),
        Parcel(Recipient("ann@example.org", "Ann"), letter, "axe:3", "t/login"),
    ]
    uncertain, refused, secret = enqueue_many(parcels, not_before=now, batch="axe")
    for message, facts in (
        (uncertain, {"state": choices.State.UNCERTAIN}),
        (refused, {"state": choices.State.FAILED}),
        (secret, {"sensitive": True}),
    ):
        Message.objects.filter(pk=message.pk).update(**facts)
    DeliveryAttempt.objects.create(
        message=refused, at=now, outcome=choices.Outcome.REFUSED, answer="550 5.2.1 No such user"
    )
    suppression = Suppression.objects.create(email="x@example.org", since=now, answer="550 No")
    return {
        "uncertain": uncertain.uuid,
        "refused": refused.uuid,
        "secret": secret.uuid,
        "suppressed": suppression.uuid,
    }


@pytest.mark.parametrize("language", ["", "/ar"])
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_on_organisers_pages(as_organiser, width, scheme, language):
    page = as_organiser("/organise/", width=width, scheme=scheme)
    places = {
        "session": Session.objects.get(code="PANEL1").pk,
        "delegation": Delegation.objects.get(country__code="CL").uuid,
        "batch": _batch().uuid,
        **_mail(),
    }
    found = {}
    for path in ORGANISERS:
        page.goto(language + path.format(**places))
        if path.endswith("{session}/change/"):
            page.locator("#clashes h2").wait_for()
        found[path] = findings(page)
    assert {path: facts for path, facts in found.items() if facts} == {}


@pytest.mark.parametrize("path", ["/", "/schedule/", "/sessions/PLEN01/", "/changes/1/"])
def test_pages_fit_320_pixels_which_is_400_percent_of_a_desk(opened, path):
    assert overflow(opened(path, width=320)) <= 0


DELEGATES = [
    "/my/",
    "/my/changes/",
    "/my/calendar/",
    "/my/settings/",
    "/my/plan/",
    "/my/saved/PANEL1/",
    "/sessions/PANEL1/",
    "/account/",
    "/account/sign-out-everywhere/",
    "/delegation/",
]
FOCAL_POINTS = [
    "/delegation/",
    "/delegation/{delegation}/nominate/",
    "/delegation/{delegation}/codes/",
    "/delegation/delegates/{delegate}/",
    "/delegation/delegates/{delegate}/replace/",
    "/delegation/delegates/{delegate}/withdraw/",
    "/delegation/delegates/{delegate}/code/",
    "/delegation/delegates/{delegate}/schedule/",
    "/my/",
]


def signed_in(opened, user: User, **options) -> Page:
    """A page of somebody whom a printed code signed in."""
    page = opened("/account/login/printed/", **options)
    now = datetime.now(UTC)
    page.locator("#id_code").fill(
        issue_code(user=user, by=None, at=now, until=now + timedelta(days=1))
    )
    page.locator("main button").click()
    page.locator("main button").click()
    page.wait_for_url("**/my/")
    return page


@pytest.mark.parametrize("language", ["", "/ar"])
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_on_the_pages_of_delegates_and_focal_points(
    opened, width, scheme, language
):
    delegate = Delegate.objects.get(badge_name="Demo delegate")
    focal = User.objects.get(email="focal@demo.example")
    places = {"delegate": delegate.uuid, "delegation": delegate.delegation.uuid}
    found = {}
    for user, paths in ((delegate.person.user, DELEGATES), (focal, FOCAL_POINTS)):
        page = signed_in(opened, user, width=width, scheme=scheme)
        for path in paths:
            page.goto(language + path.format(**places))
            if path == "/sessions/PANEL1/":
                page.locator("form.save").wait_for()
            found[path] = (findings(page), max(overflow(page), 0))
    # What is shown only after something was sent.
    for path in ("/my/calendar/", "/delegation/delegates/{delegate}/code/".format(**places)):
        page.goto(language + path)
        if page.locator("main form button").count():
            with page.expect_navigation():  # else axe looks at the page that goes
                page.locator("main form button").first.click()
        found[f"after {path}"] = (findings(page), max(overflow(page), 0))
    assert {path: facts for path, facts in found.items() if facts != ([], 0)} == {}
