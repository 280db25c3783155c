"""Short codes that people read aloud: no letter that looks like a digit or spells a word."""

import secrets
from typing import Final

ALPHABET: Final = "23456789BCDFGHJKLMNPQRSTVWXZ"


def new_code(length: int = 6) -> str:
    """A random code of upper-case letters and digits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
