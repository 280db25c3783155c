"""When two names may be one person, in plain Python."""

import unicodedata
from typing import Final

# Marks that turn the direction of what follows: a name with one disorders the page it stands on.
TURNS: Final = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def unturned(text: str) -> str:
    """A text without such marks; right-to-left letters need none."""
    return text.translate(TURNS)


def name_key(*names: str) -> str:
    """A key that is equal for the same names in any order, case, accent or punctuation.

    Swapped first and family names are the commonest slip in forms, so order does not count.
    """
    words: list[str] = []
    for name in names:
        plain = unicodedata.normalize("NFKD", name).casefold()
        kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
        words += kept.split()
    return " ".join(sorted(words))
