"""The only module that sends mail: one message, one recipient, outside any transaction."""

import smtplib
import time
from email.utils import formataddr
from types import TracebackType
from typing import Final, Self

from anymail.exceptions import AnymailError
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from requests.exceptions import RequestException

from assembly.outbox import providers, rules
from assembly.outbox.choices import Outcome, Phase
from assembly.outbox.models import Message
from assembly.outbox.rules import Answer
from assembly.outbox.smtp import Noting

PLEASED: Final = 2  # the first digit of an answer that says yes (RFC 5321 section 4.2.1)


class Line:
    """A connection to the mail server, opened anew when it broke, at no more than the set pace."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None
        self._free_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hang_up()

    def open(self) -> Answer | None:
        """Be ready for the next message; None, or what stands in the way."""
        if self._backend is not None and not self._is_broken():
            return None
        self._hang_up()
        try:
            backend = get_connection(fail_silently=False)
            backend.open()
        except smtplib.SMTPResponseException as error:
            return _refusal(error.smtp_code, error.smtp_error, Phase.CONNECT)
        except (smtplib.SMTPException, OSError) as error:
            return Answer(Outcome.LATER, Phase.CONNECT, type(error).__name__)
        self._backend = backend
        return None

    def send(self, message: Message) -> Answer:
        """Hand one message over on the open line and say how that ended."""
        if self._backend is None:
            raise RuntimeError("Nobody opened the line.")
        noting = self._noting()
        if noting is not None:
            noting.phase, noting.answer = Phase.SENDER, None
        try:
            self._backend.send_messages([mail_of(message)])
        except ValueError as error:  # the headers cannot be built; no later try will differ
            return Answer(Outcome.REFUSED, "", str(error))
        except (AnymailError, RequestException) as error:  # before OSError, which some of them are
            return providers.answer_to(error)
        except (smtplib.SMTPException, OSError) as error:
            return _smtp_answer(error, noting)
        return Answer(Outcome.ACCEPTED, "", _accepted(noting))

    def _noting(self) -> Noting | None:
        connection = getattr(self._backend, "connection", None)
        return connection if isinstance(connection, Noting) else None

    def _is_broken(self) -> bool:
        noting = self._noting()
        return noting is not None and getattr(noting, "sock", None) is None

    def _hang_up(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()

    def wait(self) -> None:
        """Keep to MAIL_PER_SECOND, which is meant for each sender."""
        if not settings.MAIL_PER_SECOND:
            return
        now = time.monotonic()
        if now < self._free_at:
            time.sleep(self._free_at - now)
        self._free_at = max(now, self._free_at) + 1 / settings.MAIL_PER_SECOND


def _smtp_answer(error: Exception, noting: Noting | None) -> Answer:
    phase = noting.phase if noting is not None else Phase.CONNECT
    if noting is not None and noting.answer is not None:  # it answered, and broke off after that
        return _after_the_dot(*noting.answer)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return _refusal(code, text, Phase.RECIPIENT)
    if isinstance(error, smtplib.SMTPResponseException):
        return _refusal(error.smtp_code, error.smtp_error, phase)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Answer(Outcome.REFUSED, phase, str(error))
    outcome = Outcome.IN_DOUBT if phase is Phase.DOT else Outcome.LATER
    return Answer(outcome, phase, type(error).__name__)


def _after_the_dot(code: int, text: bytes) -> Answer:
    if code // 100 == PLEASED:
        return Answer(Outcome.ACCEPTED, "", _words(code, text))
    return _refusal(code, text, Phase.DOT)


def _accepted(noting: Noting | None) -> str:
    return _words(*noting.answer) if noting is not None and noting.answer else "accepted"


def _refusal(code: int, text: bytes | str, phase: Phase) -> Answer:
    return Answer(rules.outcome_of(code, phase), phase, _words(code, text))


def _words(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {' '.join(words.split())}"


def mail_of(message: Message) -> EmailMultiAlternatives:
    """The mail as it leaves. Raises ValueError where a header cannot carry what it should."""
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[formataddr((message.to_name, message.to_email))],
        headers=_headers(message),
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    if message.calendar:
        mail.attach("changes.ics", message.calendar, "text/calendar")
    return mail


def _headers(message: Message) -> dict[str, str]:
    headers = {
        # The same for every try, so that a reader's software can drop a second copy.
        "Message-ID": f"<{message.uuid}@{_domain()}>",
        "Content-Language": message.language,
        "Auto-Submitted": "auto-generated",
    }
    if message.unsubscribe:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
