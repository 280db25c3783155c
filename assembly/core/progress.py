"""How far long work has come, for the page that waits for it.

It is kept in the cache and not in the database: the work itself is one transaction, and what a
transaction writes nobody else sees before its end.
"""

from typing import Final

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
KEPT_SECONDS: Final = 3600


def report(key: str, done: int, total: int) -> None:
    """Say that `done` of `total` steps are behind us. A cache that is away is no reason to stop."""
    try:
        cache.set(f"progress:{key}", (done, total), KEPT_SECONDS)
    except RedisError as error:
        log.warning("progress_unknown", error=type(error).__name__)


def read(key: str) -> tuple[int, int] | None:
    """Steps done and in all; None when nothing is known."""
    try:
        found: tuple[int, int] | None = cache.get(f"progress:{key}")
    except RedisError as error:
        log.warning("progress_unknown", error=type(error).__name__)
        return None
    return found
