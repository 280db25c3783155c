"""Who a message goes to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipient:
    """An address and what a message needs to speak to the person behind it.

    A message to somebody protected is seen in the log by those with the permission alone.
    """

    email: str
    name: str = ""
    language: str = "en"
    user_id: str = ""
    protected: bool = False
