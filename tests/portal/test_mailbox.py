"""The demo's mailbox: a Maildir, shown as text."""

import mailbox
from email.message import EmailMessage

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(settings, tmp_path):
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    return mailbox.Maildir(settings.MAILBOX_DIR)


def test_an_empty_mailbox_says_what_will_be_here(client, settings, tmp_path):
    settings.MAILBOX_DIR = tmp_path / "none"
    assert "No mail yet." in client.get("/demo/mailbox/").content.decode()


def test_a_mail_is_listed_and_shown_as_text(client, box):
    mail = EmailMessage()
    mail["Subject"], mail["To"] = "رمز الدخول", "amina@example.org"
    mail["Content-Language"] = "ar"
    mail.set_content("<script>alert(1)</script> code ABC-123")
    mail.add_alternative("<p>html</p>", subtype="html")
    key = box.add(mail)

    listed = client.get("/demo/mailbox/").content.decode()
    shown = client.get(f"/demo/mailbox/{key}/").content.decode()

    assert ("رمز الدخول" in listed, "ABC-123" in shown, "<script>alert" in shown) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize("key", ["none", "..%2f..%2fsecret_key", "%00"])
def test_an_unknown_mail_is_a_plain_404(client, box, key):
    assert client.get(f"/demo/mailbox/{key}/").status_code == 404
