"""What has to be looked at again and again, in its order."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import structlog

from assembly.editions.models import Assembly
from assembly.notifications.services.changes import tell
from assembly.notifications.services.planning import plan
from assembly.notifications.services.reminders import send

log = structlog.get_logger(__name__)
STEPS: Final[tuple[Callable[..., Any], ...]] = (plan, send, tell)


def look(clock: Callable[[], datetime]) -> None:
    """Plan what moved, send the reminders that are due, tell what was published.

    Can run twice at once, or not for an hour: what there is to do stands in the database. A step
    that fails does not keep the others from their work; its error is raised at the end.
    """
    failed: list[Exception] = []
    for assembly in Assembly.objects.current():
        for step in STEPS:
            try:
                step(assembly=assembly, at=clock())
            except Exception as error:
                log.exception("step_failed", step=step.__name__)
                failed.append(error)
    if failed:
        raise failed[0]
