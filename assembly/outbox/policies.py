"""Who may decide about outgoing mail."""

from typing import Any


def can_decide(user: Any) -> bool:
    """Send a message again, count one as sent, write to a suppressed address again."""
    return bool(user.has_perm("outbox.decide_message"))


def can_see_protected(user: Any) -> bool:
    return bool(user.has_perm("outbox.see_protected"))
