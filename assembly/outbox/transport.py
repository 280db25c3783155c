"""The only module that sends mail: one message, one recipient, outside any transaction."""

import smtplib
from dataclasses import dataclass
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from assembly.outbox import rules
from assembly.outbox.choices import Outcome
from assembly.outbox.models import Message


@dataclass(frozen=True)
class Answer:
    outcome: Outcome
    text: str


def connect() -> BaseEmailBackend:
    """One open connection for a batch. Raises OSError or smtplib.SMTPException."""
    connection = get_connection(fail_silently=False)
    connection.open()
    return connection


def send(message: Message, connection: BaseEmailBackend) -> Answer:
    """Hand one message to the mail server and say what it answered."""
    try:
        connection.send_messages([_mail(message)])
    except ValueError as error:  # Django refuses to build the headers; no later try will differ
        return Answer(Outcome.REFUSED, str(error))
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        return _refusal(code, text)
    except smtplib.SMTPResponseException as error:
        return _refusal(error.smtp_code, error.smtp_error)
    except (smtplib.SMTPException, OSError) as error:
        return Answer(Outcome.LATER, type(error).__name__)
    return Answer(Outcome.ACCEPTED, "250")


def _refusal(code: int, text: bytes | str) -> Answer:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    outcome = Outcome.REFUSED if rules.is_permanent(code) else Outcome.LATER
    return Answer(outcome, f"{code} {words}")


def _mail(message: Message) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[formataddr((message.to_name, message.to_email))],
        headers={
            # The same for every try, so that a reader's software can drop a second copy.
            "Message-ID": f"<{message.uuid}@{_domain()}>",
            "Content-Language": message.language,
            "Auto-Submitted": "auto-generated",
        },
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
