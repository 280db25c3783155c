"""What has to be looked at again and again, in its order."""

from collections.abc import Callable
from datetime import datetime

from assembly.editions.models import Assembly
from assembly.notifications.services.changes import tell
from assembly.notifications.services.reminders import plan, send


def look(clock: Callable[[], datetime]) -> None:
    """Plan what moved, send the reminders that are due, tell what was published.

    Can run twice at once, or not for an hour: what there is to do stands in the database.
    """
    for assembly in Assembly.objects.current():
        plan(assembly=assembly, at=clock())
        send(assembly=assembly, at=clock())
        tell(assembly=assembly, at=clock())
