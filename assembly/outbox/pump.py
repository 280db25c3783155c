"""The pump: claims due messages, sends them outside any transaction, records each attempt."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from assembly.outbox import rules
from assembly.outbox.choices import Outcome
from assembly.outbox.models import Message
from assembly.outbox.services import delivery
from assembly.outbox.services.delivery import Result
from assembly.outbox.transport import Line

log = structlog.get_logger(__name__)
Clock = Callable[[], datetime]
LONGEST_RUN: Final = 20.0  # seconds; then other tasks have their turn, and beat wakes it again


def run(clock: Clock, *, longest: float = LONGEST_RUN) -> int:
    """Send what is due until nothing is left, the mail server is away, or `longest` seconds have
    passed; returns how many messages were accepted."""
    delivery.reap(at=clock())
    delivery.expire(at=clock())
    began, sent, away = time.monotonic(), 0, False
    with Line() as line:
        while not away and time.monotonic() - began < longest:
            delivery.saw_pump(at=clock())
            token, messages = delivery.claim(at=clock())
            if not messages:
                break
            accepted, away = _send(token, messages, line, clock)
            sent += accepted
    return sent


def _send(token: UUID, messages: Sequence[Message], line: Line, clock: Clock) -> tuple[int, bool]:
    """One batch: how many were accepted, and whether the mail server was away."""
    results: list[Result] = []
    accepted, renewed, left = 0, clock(), list(messages)
    for group in rules.groups(messages, [message.priority for message in messages]):
        obstacle = line.open()
        if obstacle is not None:
            delivery.step(token=token, results=results, following=[], at=clock())
            log.warning("mail_server_away", answer=obstacle.text, waiting=len(left))
            delivery.put_back(token=token, messages=left, answer=obstacle, at=clock())
            return accepted, True
        line.wait()  # before the row says that it goes, not after
        now = clock()
        if now - renewed > delivery.lease_time() / 3:
            delivery.renew(token=token, at=now)
            renewed = now
        going = delivery.step(token=token, results=results, following=group, at=now)
        left = left[len(group) :]
        results = _hand_over(going, line, token, clock)
        accepted += sum(result.answer.outcome is Outcome.ACCEPTED for result in results)
    delivery.step(token=token, results=results, following=[], at=clock())
    return accepted, False


def _hand_over(group: Sequence[Message], line: Line, token: UUID, clock: Clock) -> list[Result]:
    """Send a group. A line that breaks on the way is opened anew; where it cannot be, the rest
    of the group has the same answer as if each had been tried."""
    results: list[Result] = []
    began = clock()
    for number, message in enumerate(group):
        if number:
            line.wait()
        if clock() - began > delivery.lease_time() / 2:
            began = clock()
            delivery.renew(token=token, at=began)
        answer = line.open() or line.send(message)
        results.append(Result(message, answer))
        log.info("mail", message=str(message.uuid), outcome=answer.outcome.value)
    return results
