"""When a message is tried again, and whose fault a refusal is, in plain Python."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from assembly.outbox.choices import Outcome, Phase, Priority

T = TypeVar("T")
BATCH: Final = 100
BULK_GROUP: Final = 10
LIFE: Final = timedelta(days=3)
PERMANENT: Final = 5
JITTER: Final = 0.25
SOONEST: Final = timedelta(seconds=10)
BACK_OFF: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
)
# RFC 3463: the second number says what was wrong; 1 is the address, 2 the mailbox.
ENHANCED: Final = re.compile(r"\b5\.(\d{1,3})\.\d{1,3}\b")
ABOUT_THE_ADDRESS: Final = frozenset({"1", "2"})
OUR_CONVERSATION: Final = frozenset({Phase.CONNECT, Phase.SENDER})


@dataclass(frozen=True)
class Answer:
    """How one try ended: `phase` is how far it came, `text` what the server said."""

    outcome: Outcome
    phase: Phase | str
    text: str


def next_try(attempts: int, now: datetime, *, jitter: float, until: datetime | None) -> datetime:
    """The earliest next attempt after `attempts` failed ones (1 or more).

    `jitter` from 0 to 1 spreads messages that failed together over a quarter of the wait. What
    expires soon is tried more often: never later than a third of the time it has left.
    """
    wait = BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
    if until is not None:
        wait = min(wait, max((until - now) / 3, SOONEST))
    return now + wait * (1 + JITTER * jitter)


def is_permanent(smtp_code: int) -> bool:
    """True for 5xx answers (RFC 5321 section 4.2.1): trying again will not help."""
    return smtp_code // 100 == PERMANENT


def outcome_of(code: int, phase: Phase) -> Outcome:
    """What an answer means for the message.

    A server that refuses to speak with us or to take our sender says nothing of the message: it
    waits until somebody has mended that.
    """
    if is_permanent(code) and phase not in OUR_CONVERSATION:
        return Outcome.REFUSED
    return Outcome.LATER


def blames_address(phase: str, answer: str) -> bool:
    """Whether a refusal for good is about the address, so that it is written to no more.

    An enhanced code (RFC 3463) tells; without one a refusal of the recipient or of the whole
    message counts, as servers that look the recipient up late give it.
    """
    found = ENHANCED.search(answer)
    if found:
        return found[1] in ABOUT_THE_ADDRESS
    return phase in (Phase.RECIPIENT, Phase.DOT)


def groups(messages: Sequence[T], priorities: Sequence[int]) -> Iterator[list[T]]:
    """Messages as they are sent between two commits: one by one, announcements in tens.

    A sender that dies leaves at most one group in doubt: that is the bound on duplicates.
    """
    group: list[T] = []
    for message, priority in zip(messages, priorities, strict=True):
        if priority != Priority.BULK:
            if group:
                yield group
            yield [message]
            group = []
            continue
        group.append(message)
        if len(group) == BULK_GROUP:
            yield group
            group = []
    if group:
        yield group
