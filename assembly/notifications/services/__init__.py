"""What can happen: reminders are planned and sent, changes told, announcements written and sent."""

from assembly.notifications.services.announcements import (
    cancel,
    confirm,
    go_on,
    pause,
    retry,
    save,
    send_test,
)
from assembly.notifications.services.changes import tell
from assembly.notifications.services.inbox import forget, forget_erased, mark_read
from assembly.notifications.services.planning import plan
from assembly.notifications.services.reminders import send
from assembly.notifications.services.ticking import look
from assembly.notifications.services.watching import watch

__all__ = [
    "cancel",
    "confirm",
    "forget",
    "forget_erased",
    "go_on",
    "look",
    "mark_read",
    "pause",
    "plan",
    "retry",
    "save",
    "send",
    "send_test",
    "tell",
    "watch",
]
