"""What is planned, what was told to whom, and how organisers want it said."""

from assembly.notifications.models.announcements import Announcement
from assembly.notifications.models.inbox import Alert, Notice, Told
from assembly.notifications.models.reminders import PlanMark, Reminder, ReminderRule
from assembly.notifications.models.wording import Wording

__all__ = [
    "Alert",
    "Announcement",
    "Notice",
    "PlanMark",
    "Reminder",
    "ReminderRule",
    "Told",
    "Wording",
]
