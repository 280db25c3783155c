"""Waking a task once the caller's transaction is safe."""

from functools import partial
from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def run_after_commit(task: str, *args: Any) -> None:
    """Send the task of this name to the broker after commit.

    A broker that is away delays it and harms nobody: what there is to do stands in the database
    already, and a beat tick looks there too. The name, not the task, so that a service need not
    import the tasks that call it.
    """
    transaction.on_commit(partial(_wake, task, args))


def _wake(task: str, args: tuple[Any, ...]) -> None:
    try:
        current_app.send_task(task, args=args, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("broker_away", task=task, error=type(error).__name__)
