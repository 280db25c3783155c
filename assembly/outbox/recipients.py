"""Who a message goes to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipient:
    """An address and what a message needs to speak to the person behind it."""

    email: str
    name: str = ""
    language: str = "en"
    user_id: str = ""
