"""Short codes that people read aloud: no letter that looks like a digit or spells a word."""

import hashlib
import secrets
from typing import Final

from django.utils.crypto import salted_hmac

ALPHABET: Final = "23456789BCDFGHJKLMNPQRSTVWXZ"


def new_code(length: int = 6) -> str:
    """A random code of upper-case letters and digits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def read_aloud(code: str) -> str:
    """A code in groups of four, as it is printed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def as_typed(text: str) -> str:
    """What a person typed, without the hyphens, spaces and small letters they may use."""
    return "".join(letter for letter in text.upper() if letter.isalnum())


def keyed_digest(code: str, *, purpose: str) -> str:
    """How a short code is stored: nobody without SECRET_KEY can try all codes against it."""
    return salted_hmac(f"assembly.{purpose}", code, algorithm="sha256").hexdigest()


def new_token() -> str:
    """A secret for an address: 192 random bits."""
    return secrets.token_urlsafe(24)


def token_digest(token: str) -> str:
    """How a token is stored. It is long enough that nobody can try all of them."""
    return hashlib.sha256(token.encode()).hexdigest()
