"""SMTP as Django speaks it, with a note of how far each delivery came."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend as DjangoBackend

from assembly.outbox.choices import Phase

Reply = tuple[int, bytes]


class Noting(smtplib.SMTP):
    """Remembers the phase (RFC 5321) of the mail it delivers, and the answer to its last dot."""

    phase: Phase = Phase.CONNECT
    answer: Reply | None = None

    def mail(self, *args: Any, **options: Any) -> Reply:
        self.phase, self.answer = Phase.SENDER, None
        return super().mail(*args, **options)

    def rcpt(self, *args: Any, **options: Any) -> Reply:
        self.phase = Phase.RECIPIENT
        return super().rcpt(*args, **options)

    def data(self, msg: Any) -> Reply:
        self.phase = Phase.DATA
        self.answer = super().data(msg)
        return self.answer

    def send(self, s: Any) -> None:
        """Commands are text; bytes are the message with its final dot.

        Where this raises, the last bytes never reached the system, so the server has no dot.
        """
        super().send(s)
        if self.phase is Phase.DATA and isinstance(s, bytes):
            self.phase = Phase.DOT


class NotingSSL(Noting, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


class EmailBackend(DjangoBackend):
    """Django's SMTP backend over connections that note the phase."""

    connection: Noting | None

    @property
    def connection_class(self) -> type[Noting]:
        return NotingSSL if self.use_ssl else Noting
