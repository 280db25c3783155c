"""The pump: claims due messages, sends them outside any transaction, records each attempt."""

import smtplib
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

import structlog

from assembly.outbox import services, transport
from assembly.outbox.choices import Outcome

log = structlog.get_logger(__name__)

RECORD = {
    Outcome.ACCEPTED: services.mark_sent,
    Outcome.LATER: services.put_back,
    Outcome.REFUSED: services.mark_failed,
}


def run(clock: Callable[[], datetime]) -> int:
    """Send what is due until nothing is left; returns how many messages were accepted."""
    services.release_abandoned(at=clock())
    services.expire(at=clock())
    sent = 0
    while True:
        accepted, found = _send_batch(clock)
        sent += accepted
        if not found:
            return sent


def _send_batch(clock: Callable[[], datetime]) -> tuple[int, bool]:
    """One lease's worth: how many were accepted, and whether there was anything to do."""
    token, messages = services.claim(at=clock())
    if not messages:
        return 0, False
    try:
        connection = transport.connect()
    except (smtplib.SMTPException, OSError) as error:
        log.warning("mail_server_away", error=type(error).__name__, waiting=len(messages))
        for message in messages:
            services.put_back(message=message, token=token, at=clock(), answer=type(error).__name__)
        return 0, True
    accepted = 0
    with closing(connection):
        for message in messages:
            if not services.renew(message=message, token=token, at=clock()):
                continue
            answer = transport.send(message, connection)
            RECORD[answer.outcome](message=message, token=token, at=clock(), answer=answer.text)
            accepted += answer.outcome is Outcome.ACCEPTED
            log.info("mail", message=str(message.uuid), outcome=answer.outcome.value)
    return accepted, True
