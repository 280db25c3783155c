"""What can happen to a message: it is queued, delivered, and decided about by a person."""

from assembly.outbox.services.deciding import lift, resend, settle
from assembly.outbox.services.queueing import (
    AGAIN,
    BLANK,
    PUMP,
    Parcel,
    cancel,
    enqueue,
    enqueue_many,
    forget,
    hold,
    let_go,
    retry_failed,
)

__all__ = [
    "AGAIN",
    "BLANK",
    "PUMP",
    "Parcel",
    "cancel",
    "enqueue",
    "enqueue_many",
    "forget",
    "hold",
    "let_go",
    "lift",
    "resend",
    "retry_failed",
    "settle",
]
