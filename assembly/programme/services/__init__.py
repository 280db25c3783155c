"""What can happen to the programme, one module for each verb."""

from assembly.programme.services.drafts import delete_draft, save_session, set_status
from assembly.programme.services.publishing import (
    Blocked,
    NothingToPublish,
    WarningsNotAccepted,
    publish,
)
from assembly.programme.services.restoring import restore

__all__ = [
    "Blocked",
    "NothingToPublish",
    "WarningsNotAccepted",
    "delete_draft",
    "publish",
    "restore",
    "save_session",
    "set_status",
]
