"""Signing in: codes for delegates, password and second factor for staff, nothing given away."""

import re

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from assembly.outbox.choices import State
from assembly.outbox.models import Message

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def staff(organiser):
    organiser.set_password(PASSWORD)
    organiser.save()
    return organiser


def ask_for_code(client: Client, email: str):
    return client.post("/account/login/code/", {"email": email})


def sign_in(client: Client, email: str, password: str = PASSWORD):
    return client.post("/account/login/", {"login": email, "password": password})


def test_a_delegate_signs_in_with_the_code_from_the_mail(client, delegate):
    asked = ask_for_code(client, delegate.email)
    assert (asked.status_code, asked.headers["Location"]) == (302, "/account/login/code/confirm/")
    message = Message.objects.get()
    assert (message.to_email, message.state, message.sensitive) == (
        delegate.email,
        State.QUEUED,
        True,
    )
    code = re.search(r"code is (\S+)", message.text).group(1)
    answer = client.post("/account/login/code/confirm/", {"code": code})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/my/")
    assert "Account" in client.get("/help/").content.decode()


def test_the_code_is_written_in_the_readers_language(client, make_user):
    user = make_user("delegate", "amina@example.org", language="fr")
    ask_for_code(client, user.email)
    assert Message.objects.get().language == "fr"


def test_a_wrong_code_is_refused_and_five_of_them_end_it(client, delegate):
    ask_for_code(client, delegate.email)
    answers = [
        client.post("/account/login/code/confirm/", {"code": "WRONG1"}).status_code
        for _ in range(5)
    ]
    assert answers == [200, 200, 200, 200, 302]


def test_staff_get_no_code_and_the_page_does_not_say_so(client, staff, delegate):
    pages = {}
    for email in (staff.email, delegate.email, "nobody@example.org"):
        other = Client()
        answer = ask_for_code(other, email)
        page = other.get(answer.headers["Location"]).content.decode().replace(email, "X")
        pages[email] = re.sub(r'value="[^"]{64}"', "", page)
    assert len(set(pages.values())) == 1
    sent = dict(Message.objects.values_list("to_email", "template"))
    assert sent == {
        staff.email: "account/email/staff_password",
        delegate.email: "account/email/login_code",
    }


def test_nobody_signs_up(client):
    body = client.get("/account/signup/").content.decode()
    assert "Accounts are by invitation" in body


def test_staff_sign_in_with_a_password_when_no_second_factor_is_asked(client, staff):
    answer = sign_in(client, staff.email)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/organise/").status_code == 200


def test_a_wrong_password_says_so_without_saying_which_part(client, staff):
    for email in (staff.email, "nobody@example.org"):
        body = sign_in(Client(), email, "wrong").content.decode()
        assert "There is a problem" in body
    assert sign_in(client, staff.email, "wrong").status_code == 200


def test_a_second_factor_once_set_up_is_asked_for(client, staff):
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(staff, secret)
    answer = sign_in(client, staff.email)
    assert answer.headers["Location"] == "/account/2fa/authenticate/"
    assert client.get("/organise/").status_code == 302
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    done = client.post("/account/2fa/authenticate/", {"code": code})
    assert (done.status_code, done.headers["Location"]) == (302, "/")
    assert client.get("/organise/").status_code == 200


def test_setting_up_a_second_factor_shows_a_picture_in_the_page_and_recovery_codes(client, staff):
    sign_in(client, staff.email)
    asked = client.get("/account/2fa/totp/activate/")
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/").content.decode()
    assert ("<svg" in page, "data:" in page) == (True, False)
    secret = client.session["mfa.totp.secret"]
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    done = client.post("/account/2fa/totp/activate/", {"code": code})
    assert done.headers["Location"] == "/account/2fa/recovery-codes/"
    assert sorted(Authenticator.objects.values_list("type", flat=True)) == [
        "recovery_codes",
        "totp",
    ]
    assert get_adapter().is_mfa_enabled(staff)


def test_password_reset_is_for_staff_alone(client, staff, delegate):
    for email in (staff.email, delegate.email, "nobody@example.org"):
        answer = Client().post("/account/password/reset/", {"email": email})
        assert answer.headers["Location"] == "/account/password/reset/done/"
    assert list(Message.objects.values_list("to_email", "template")) == [
        (staff.email, "account/email/password_reset_key")
    ]


def test_asking_again_and_again_is_slowed_down(delegate):
    answers = [ask_for_code(Client(), delegate.email) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 200, 200]
    assert "Too many" in answers[3].content.decode()
    assert Message.objects.count() == 3
