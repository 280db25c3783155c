"""Reads what the demo's mail catcher caught: a Maildir below var/, and nothing else."""

import mailbox
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Final

from django.conf import settings

SHOWN: Final = 100


@dataclass(frozen=True)
class Mail:
    """One caught mail, as far as the page shows it."""

    key: str
    received_at: datetime
    subject: str
    to: str
    language: str
    text: str


def newest() -> list[Mail]:
    """The mails caught last, newest first."""
    box = _box()
    if box is None:
        return []
    mails = [_read(box, key) for key in box.keys()]  # noqa: SIM118  a Maildir is no dict
    return sorted(mails, key=lambda mail: mail.received_at, reverse=True)[:SHOWN]


def find(key: str) -> Mail | None:
    box = _box()
    return _read(box, key) if box is not None and key in box else None


def _box() -> "mailbox.Maildir | None":
    path = settings.MAILBOX_DIR
    return mailbox.Maildir(path, create=False) if path.is_dir() else None


def _read(box: "mailbox.Maildir", key: str) -> Mail:
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(box.get_bytes(key))
    body = message.get_body(("plain", "html"))
    return Mail(
        key=key,
        received_at=datetime.fromtimestamp(box.get_message(key).get_date(), UTC),
        subject=str(message["Subject"] or "").strip(),
        to=str(message["To"] or ""),
        language=str(message["Content-Language"] or "en"),
        text=body.get_content() if body is not None else "",
    )
