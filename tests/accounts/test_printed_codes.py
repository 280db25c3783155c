"""Printed codes, sessions that last for the Assembly, and signing out everywhere."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.test import Client

from assembly.accounts import roles, services
from assembly.accounts.models import SignInCode, User
from assembly.core.errors import NotAllowed
from assembly.core.models import AuditEntry
from assembly.editions.selectors import sign_in_lasts
from tests.conftest import NOON
from tests.factories import AssemblyFactory
from tests.racing import race, type_names

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture
def nameless(make_user) -> User:
    """A delegate whom no e-mail reaches."""
    user = make_user("delegate", "x@assembly.example", name="Amina Diallo")
    User.objects.filter(pk=user.pk).update(email=None)
    user.refresh_from_db()
    return user


def issue(user: User, *, at=NOW, until=NOW + timedelta(days=30)) -> str:
    return services.issue_code(user=user, by=None, at=at, until=until)


def test_two_people_without_an_address_are_two_users(make_user, nameless):
    other = make_user("delegate", "y@assembly.example", name="Omar Haddad")
    User.objects.filter(pk=other.pk).update(email=None)
    assert User.objects.filter(email__isnull=True).count() == 2


def test_a_code_signs_in_once_in_two_steps(client, nameless):
    code = issue(nameless)
    typed = f" {code[:4]}-{code[4:8]} {code[8:]} ".lower()

    asked = client.post("/account/login/printed/", {"code": typed})
    assert (asked.status_code, asked.headers["Location"]) == (
        302,
        "/account/login/printed/confirm/",
    )
    page = client.get("/account/login/printed/confirm/").content.decode()
    assert "Amina Diallo" in page
    assert SignInCode.objects.get().used_at is None  # looking uses nothing up

    answer = client.post("/account/login/printed/confirm/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my/")
    assert client.get("/account/").status_code == 200

    again = Client().post("/account/login/printed/", {"code": code})
    assert again.status_code == 200
    assert "was used, or has expired" in again.content.decode()


def test_the_code_itself_is_stored_nowhere(nameless):
    code = issue(nameless)
    row = SignInCode.objects.values().get()
    assert code not in str(row)
    assert code not in str(list(AuditEntry.objects.values()))


def test_a_new_code_voids_the_one_before_and_an_expired_one_is_none(nameless):
    first = issue(nameless)
    second = issue(nameless)
    assert services.find_code(typed=first, at=NOW) is None
    assert services.find_code(typed=second, at=NOW).user == nameless
    assert services.find_code(typed=second, at=NOW + timedelta(days=31)) is None


def test_staff_and_closed_accounts_get_no_code(organiser, nameless):
    with pytest.raises(NotAllowed):
        issue(organiser)
    services.off_board(user=nameless, by=None, at=NOW)
    with pytest.raises(NotAllowed):
        issue(nameless)


@pytest.mark.django_db(transaction=True)
def test_of_two_phones_with_the_same_code_one_signs_in(make_user):
    user = make_user("delegate")
    issue(user)
    code = SignInCode.objects.select_related("user").get()
    results = race(*[partial(services.use_code, code=code, at=NOW)] * 2)
    assert type_names(results) == ["StaleState", "User"]


def test_guessing_is_slowed_down(client, nameless):
    answers = [
        client.post("/account/login/printed/", {"code": f"WRONG{n}"}).status_code for n in range(21)
    ]
    assert (answers[:20], answers[20]) == ([200] * 20, 429)


@pytest.mark.parametrize("hostile", ["", "' OR 1=1 --", "\x00", "A" * 5000, "<script>"])
def test_what_is_no_code_is_told_so_beside_the_field(client, hostile):
    answer = client.post("/account/login/printed/", {"code": hostile})
    assert answer.status_code == 200
    assert 'class="errors"' in answer.content.decode()


def test_confirming_without_a_code_leads_back_to_the_first_step(client):
    assert client.get("/account/login/printed/confirm/").headers["Location"] == (
        "/account/login/printed/"
    )
    assert client.post("/account/login/printed/confirm/").headers["Location"] == (
        "/account/login/printed/"
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2024, 11, 4, tzinfo=UTC), timedelta(days=5)),
        (datetime(2024, 11, 8, 18, tzinfo=UTC), timedelta(hours=12)),
        (datetime(2024, 1, 1, tzinfo=UTC), timedelta(days=60)),
    ],
)
def test_a_delegate_stays_signed_in_until_a_day_after_the_assembly(now, expected):
    AssemblyFactory()
    assert sign_in_lasts(now) == expected


def test_the_session_of_a_delegate_lasts_and_that_of_staff_does_not(client, nameless):
    today = NOW.date()
    AssemblyFactory(first_day=today + timedelta(days=9), last_day=today + timedelta(days=12))
    client.post("/account/login/printed/", {"code": issue(nameless)})
    client.post("/account/login/printed/confirm/")
    days = client.session.get_expiry_age() / 86400
    assert 12 < days <= 15


def test_the_session_of_a_focal_point_lasts_a_day(client, make_user):
    AssemblyFactory()
    focal = make_user("focal_point")
    client.post("/account/login/printed/", {"code": issue(focal)})
    client.post("/account/login/printed/confirm/")
    assert client.session.get_expiry_age() == 12 * 3600


def test_signing_out_everywhere_ends_each_session_and_the_printed_code(nameless, as_user):
    phone, tablet = as_user(nameless), as_user(nameless)
    code = issue(nameless)
    answer = phone.post("/account/sign-out-everywhere/")
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (302, '"cache", "storage"')
    assert tablet.get("/account/").headers["Location"] == "/account/login/code/?next=/account/"
    assert services.find_code(typed=code, at=NOW) is None
    assert AuditEntry.objects.filter(verb="signed out everywhere").count() == 1


def test_an_organiser_signs_a_delegate_out_everywhere(organiser, nameless, as_user):
    phone, desk = as_user(nameless), as_user(organiser)
    path = f"/organise/accounts/{nameless.pk}/sign-out/"
    assert "signed out on every device" in desk.get(path).content.decode()
    assert desk.post(path).status_code == 302
    assert phone.get("/account/").status_code == 302
    assert desk.get("/organise/").status_code == 200


def test_a_protected_account_is_in_no_list_without_the_permission(
    monkeypatch, organiser, nameless, as_user
):
    User.objects.filter(pk=nameless.pk).update(protected=True)
    services.sign_out_everywhere(user=nameless, by=nameless, at=NOON)
    pages = ("/organise/accounts/user/", "/organise/core/auditentry/")
    shown = [as_user(organiser).get(page).content.decode() for page in pages]
    assert ["Amina Diallo" in page for page in shown] == [True, True]

    allowed = roles.PERMISSIONS["organiser"] - {"accounts.see_protected"}
    monkeypatch.setitem(roles.PERMISSIONS, "organiser", allowed)
    hidden = [as_user(organiser).get(page).content.decode() for page in pages]
    assert ["Amina Diallo" in page for page in hidden] == [False, False]
