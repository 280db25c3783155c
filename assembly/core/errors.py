"""What a service raises when it will not do what it was asked. Views turn these into words."""

from typing import Any


class PlannerError(Exception):
    """The root of all refusals. `message` is for a person and already translated."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class StaleState(PlannerError):
    """Somebody else changed the row first. Nothing was saved."""

    def __init__(self, target: Any, message: str = "") -> None:
        super().__init__(message or f"{target} was changed by somebody else.")
        self.target = target


class NotAllowed(PlannerError):
    """The rules do not allow this move, whoever asks."""
