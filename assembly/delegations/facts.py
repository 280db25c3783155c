"""What is known of a delegate, as forms and spreadsheets give it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Final


@dataclass(frozen=True)
class DelegateFacts:
    """One delegate. Names as on the identity document; instants are aware; codes of languages."""

    given_name: str = ""
    family_name: str = ""
    badge_name: str = ""
    function: str = ""
    email: str = ""
    birth_date: date | None = None
    language: str = "en"
    languages: tuple[str, ...] = ()
    arrives_at: datetime | None = None
    departs_at: datetime | None = None
    dietary: str = ""
    access_needs: str = ""

    @property
    def of_person(self) -> dict[str, Any]:
        """The part that belongs to the person, whichever Assembly they come to."""
        return {name: getattr(self, name) for name in PERSON_FIELDS}

    @property
    def of_delegate(self) -> dict[str, Any]:
        """The part that belongs to this delegation; languages as the list the row keeps."""
        facts = {name: getattr(self, name) for name in DELEGATE_FIELDS}
        return {**facts, "badge_name": self.name, "languages": list(self.languages)}

    @property
    def name(self) -> str:
        """The name for the badge; made of both names where none was given."""
        return (self.badge_name or f"{self.given_name} {self.family_name}".strip())[:LONGEST_NAME]

    @classmethod
    def chosen(cls, values: Mapping[str, Any]) -> "DelegateFacts":
        """The facts among other values, such as a form's; what is not there is as if empty."""
        known = {field.name for field in fields(cls)}
        found = {name: value for name, value in values.items() if name in known}
        if "languages" in found:
            found["languages"] = tuple(found["languages"] or ())
        return cls(**found)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


LONGEST_NAME: Final = 200
PERSON_FIELDS: Final = ("given_name", "family_name", "email", "birth_date", "language")
DELEGATE_FIELDS: Final = (
    "badge_name",
    "function",
    "languages",
    "arrives_at",
    "departs_at",
    "dietary",
    "access_needs",
)
SENSITIVE: Final = ("dietary", "access_needs")
