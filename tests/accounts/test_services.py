"""Inviting, off-boarding, resetting a second factor."""

import re
from functools import partial

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from assembly.accounts import services
from assembly.accounts.choices import Role
from assembly.accounts.models import User
from assembly.accounts.roles import permissions_of
from assembly.core.errors import NotAllowed
from assembly.core.models import AuditEntry
from assembly.outbox.models import Message
from tests.conftest import NOON
from tests.racing import race, type_names

pytestmark = pytest.mark.django_db


def invite(email="new@assembly.example", roles=("programme_editor",), by=None):
    return services.invite(email=email, name="New", roles=roles, by=by, at=NOON)


def log():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", "facts"))


def test_an_invited_editor_sets_a_password_through_the_link_and_signs_in(client):
    user = invite()
    assert (user.is_staff, user.roles) == (True, {"programme_editor"})
    assert log() == [("invited", {"roles": ["programme_editor"]})]
    link = re.search(r"http://\S+", Message.objects.get().text).group(0)
    path = link.removeprefix("http://127.0.0.1:8000")
    form = client.get(path, follow=True)
    action = form.redirect_chain[-1][0]
    saved = client.post(
        action, {"password1": "correct horse battery", "password2": "correct horse battery"}
    )
    assert saved.headers["Location"] == "/account/password/reset/key/done/"
    answer = Client().post(
        "/account/login/", {"login": user.email, "password": "correct horse battery"}
    )
    assert answer.status_code == 302
    assert "This link was used" in Client().get(path).content.decode()


def test_an_address_is_invited_once_whatever_its_case():
    invite("New@Assembly.Example")
    with pytest.raises(NotAllowed):
        invite("new@assembly.example")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_invite_the_same_address_at_once_one_wins():
    results = race(*[partial(invite)] * 2)
    assert type_names(results) == ["NotAllowed", "User"]


def test_off_boarding_ends_sessions_roles_and_sign_in(organiser, editor, as_user):
    browser = as_user(editor)
    assert browser.get("/organise/").status_code == 200
    services.off_board(user=editor, by=organiser, at=NOON)
    assert browser.get("/organise/").status_code == 302
    editor = User.objects.get(pk=editor.pk)
    assert (editor.is_active, set(editor.roles), editor.has_usable_password()) == (
        False,
        set(),
        False,
    )
    assert log() == [("off-boarded", {})]


def test_resetting_a_second_factor_ends_sessions_and_tells_the_owner(organiser, editor, as_user):
    TOTP.activate(editor, "JBSWY3DPEHPK3PXP")
    desk = as_user(editor)
    services.reset_second_factor(user=editor, by=organiser, at=NOON)
    assert (Authenticator.objects.count(), desk.get("/organise/").status_code) == (0, 302)
    assert [m.subject for m in Message.objects.all()] == ["Your second factor was reset"]
    assert log() == [("second factor reset", {})]


@pytest.mark.parametrize("action", ["off-board", "second-factor"])
def test_nobody_does_it_to_themselves_and_get_changes_nothing(organiser, editor, as_user, action):
    desk = as_user(organiser)
    assert desk.post(f"/organise/accounts/{organiser.pk}/{action}/").status_code == 403
    assert desk.get(f"/organise/accounts/{editor.pk}/{action}/").status_code == 200
    assert log() == []
    assert desk.post(f"/organise/accounts/{editor.pk}/{action}/").status_code == 302
    assert len(log()) == 1


def test_the_invite_page_says_what_is_wrong_beside_the_field(organiser, as_user):
    desk = as_user(organiser)
    taken = desk.post(
        "/organise/invite/", {"email": organiser.email, "name": "X", "language": "en"}
    )
    body = taken.content.decode()
    assert "Somebody with this address has an account already." in body
    assert "This field is required." in body
    assert User.objects.count() == 1
    desk.post(
        "/organise/invite/",
        {"email": "e@assembly.example", "name": "E", "language": "ar", "roles": ["vetter"]},
    )
    assert Message.objects.get().language == "ar"


def test_the_first_organiser_is_invited_from_the_shell(capsys):
    call_command("invite", "first@assembly.example", "--role", "organiser")
    assert User.objects.get().roles == {"organiser"}
    with pytest.raises(CommandError):
        call_command("invite", "first@assembly.example", "--role", "organiser")


def test_a_role_that_nobody_declared_may_do_nothing():
    assert permissions_of(["emperor"]) == frozenset()
    assert permissions_of([Role.DELEGATE, Role.FOCAL_POINT]) == frozenset()


def test_two_addresses_that_differ_in_case_alone_are_one_account(make_user):
    make_user("delegate", "a@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="A@example.org")
