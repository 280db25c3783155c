"""When a message is tried again, in plain Python."""

from datetime import datetime, timedelta
from typing import Final

LEASE: Final = timedelta(minutes=2)
BATCH: Final = 100
PERMANENT: Final = 5
BACK_OFF: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
)


def next_try(attempts: int, now: datetime) -> datetime:
    """The earliest next attempt after `attempts` failed ones (1 or more)."""
    return now + BACK_OFF[min(attempts, len(BACK_OFF)) - 1]


def is_permanent(smtp_code: int) -> bool:
    """True for 5xx answers (RFC 5321 section 4.2.1): trying again will not help."""
    return smtp_code // 100 == PERMANENT
