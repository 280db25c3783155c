"""Every route against every role. A route that nobody declared fails here."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from assembly.accounts.choices import STAFF_ROLES, Role
from assembly.accounts.roles import PERMISSIONS
from assembly.core.access import Level, audience_of
from assembly.programme.services import publish
from assembly.routes import ACCESS
from tests.conftest import NOON
from tests.factories import SessionFactory

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-4000-8000-000000000000"
ARGUMENTS = {
    "session": ["PLEN01"],
    "room": ["LOMOND"],
    "change": [1],
    "archive": [92],
    "revision_draft": [1],
    "revision_restore": [1],
    "my_saved": ["PLEN01"],
    "my_calendar_file": ["no-such-token-no-such-token-00000"],
    "my_message": [NOBODY],
    "unsubscribe": ["no-such-token"],
    "announcement": [NOBODY],
    "announcement_edit": [NOBODY],
    "announcement_progress": [NOBODY],
    "import_template": ["csv"],
    "delegates_export": ["csv"],
    "delegation_file": [NOBODY, "csv"],
    "delegation_answer": [NOBODY],
    "delegation_codes": [NOBODY],
    "delegation_whole": [NOBODY],
    "delegate": [NOBODY],
    "delegate_code": [NOBODY],
    "delegate_head": [NOBODY],
    "delegate_nominate": [NOBODY],
    "delegate_photo": [NOBODY],
    "delegate_replace": [NOBODY],
    "delegate_withdraw": [NOBODY],
    "import_preview": [NOBODY],
    "member_schedule": [NOBODY],
    "message": [NOBODY],
    "message_file": [NOBODY],
    "message_resend": [NOBODY],
    "message_settle": [NOBODY],
    "suppression": [NOBODY],
    "suppression_lift": [NOBODY],
    "sign_out_user": [NOBODY],
    "off_board": [NOBODY],
    "reset_second_factor": [NOBODY],
    "session_clashes": [1],
    "demo_mail": ["none"],
    "account_reset_password_from_key": ["1", "x"],
}


def names(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names(pattern.url_patterns, inner)
        elif pattern.name is not None:
            yield namespace + pattern.name
        else:
            # The admin's own catch-all and its redirect of old addresses have no names.
            assert namespace == "admin:", f"a route without a name: {pattern}"


# allauth answers these with 403 unless it has just asked for a confirmation itself.
NOTHING_TO_CONFIRM = {"account_reauthenticate", "mfa_reauthenticate"}
ROUTES = sorted(set(names(get_resolver().url_patterns)))
OWN_ROUTES = [name for name in ROUTES if not name.startswith("admin:")]
CHANGELISTS = [name for name in ROUTES if name.endswith("_changelist")]


def test_every_route_is_declared_and_every_declaration_has_a_route():
    assert [name for name in ROUTES if audience_of(name, ACCESS) is None] == []
    assert [name for name in ACCESS if not name.endswith(":*") and name not in ROUTES] == []


def test_a_route_that_is_not_declared_is_refused_to_everybody(client, settings):
    settings.ACCESS_TABLE = "tests.test_access.EMPTY"
    assert client.get("/help/").status_code == 403


EMPTY: dict[str, object] = {}


def path_of(name: str) -> str:
    return reverse(name, args=ARGUMENTS.get(name, []))


@pytest.fixture
def programme():
    session = SessionFactory(code="PLEN01", pk=1)
    publish(assembly=session.assembly, by=None, at=NOON, based_on=0, accepted={}, note="")


@pytest.mark.parametrize("name", OWN_ROUTES)
def test_what_is_not_public_sends_a_stranger_to_the_sign_in_page(programme, name):
    response = Client().get(path_of(name))
    if ACCESS[name].level is Level.PUBLIC:
        assert response.status_code in (200, 302, 404)
        assert response.headers.get("Location", "/") in (
            "/",
            "/account/login/",
            "/account/login/code/",
            "/account/login/printed/",
        )
    else:
        page = "login/" if ACCESS[name].level is Level.STAFF else "login/code/"
        expected = f"/account/{page}?next={path_of(name)}"
        assert (response.status_code, response.headers["Location"]) == (302, expected)


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("name", [name for name in OWN_ROUTES if name not in NOTHING_TO_CONFIRM])
def test_each_role_opens_what_it_is_declared_for_and_nothing_else(
    programme, make_user, as_user, name, role
):
    audience = ACCESS[name]
    response = as_user(make_user(role)).get(path_of(name))
    allowed = audience.level is not Level.STAFF or (
        role in STAFF_ROLES
        and (not audience.permission or audience.permission in PERMISSIONS[role])
    )
    assert response.status_code < 500
    assert (response.status_code == 403) is not allowed


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("name", CHANGELISTS)
def test_each_role_opens_the_lists_of_the_admin_it_has_the_permission_for(
    make_user, as_user, name, role
):
    app, model, _ = name.removeprefix("admin:").split("_")
    response = as_user(make_user(role)).get(reverse(name))
    allowed = role in STAFF_ROLES and f"{app}.view_{model}" in PERMISSIONS[role]
    assert response.status_code == (200 if allowed else 403)


def test_the_second_factor_is_asked_of_staff_when_the_setting_says_so(settings, organiser, as_user):
    settings.STAFF_MFA_REQUIRED = True
    response = as_user(organiser).get("/organise/")
    assert (response.status_code, response.headers["Location"]) == (
        302,
        "/account/2fa/totp/activate/",
    )


@pytest.mark.parametrize(
    "hostile", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_next_leads_to_our_own_pages_alone(organiser, hostile):
    organiser.set_password("correct horse battery")
    organiser.save()
    response = Client().post(
        "/account/login/",
        {"login": organiser.email, "password": "correct horse battery", "next": hostile},
    )
    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_a_host_that_is_not_ours_is_refused(client):
    assert client.get("/help/", headers={"host": "evil.example"}).status_code == 400
