"""A session as a published revision keeps it: plain JSON, canonical, people by reference.

The same shape serves drafts, so that "what would be published" and "what is published" are
compared, checked and shown by the same code. Instants are ISO 8601 in UTC.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from assembly.programme.choices import ChangeKind, Status
from assembly.programme.clashes import Engagement, Slot

Payload = dict[str, Any]

TEXT_FIELDS: Final = ("title", "abstract", "theme", "agenda_item", "document_reference")
TIME_FIELDS: Final = ("starts_at", "minutes")


class CanonicalEncoder(json.JSONEncoder):
    """Writes a payload in one way: equal payloads give equal bytes (RFC 8785 in spirit)."""

    def __init__(self, **options: Any) -> None:
        ours = {"sort_keys": True, "separators": (",", ":"), "ensure_ascii": False}
        super().__init__(**{**options, **ours})


def start_of(payload: Payload) -> datetime:
    return datetime.fromisoformat(payload["starts_at"])


def end_of(payload: Payload) -> datetime:
    return start_of(payload) + timedelta(minutes=payload["minutes"])


def takes_place(payload: Payload) -> bool:
    return bool(payload["status"] == Status.CONFIRMED)


def title_in(payload: Payload, language: str) -> str:
    """The title in a language, or in English where nobody translated it."""
    return text_in(payload["title"], language)


def text_in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en", "")


def slot_of(payload: Payload, *, language: str, names: Mapping[str, str]) -> Slot:
    """The payload as the clash rules look at it; `names` gives people's names by reference."""
    return Slot(
        code=payload["code"],
        title=title_in(payload, language),
        starts_at=start_of(payload),
        ends_at=end_of(payload),
        room=payload["room"],
        kind=payload["kind"],
        listing=payload["listing"],
        expected=payload["expected"] or 0,
        media=payload["media"]["access"],
        media_places=payload["media"]["places"] or 0,
        languages=len(payload["interpretation"]),
        anchor=payload["anchor"],
        must_follow=payload["must_follow"] or "",
        mandatory=payload["mandatory"],
        region=payload["region"],
        delegations=tuple(payload["delegations"]),
        people=tuple(
            Engagement(entry["person"], names.get(entry["person"], "-"), entry["role"])
            for entry in payload["people"]
        ),
    )


def change_kinds(old: Payload | None, new: Payload | None) -> tuple[ChangeKind, ...]:
    """What happened between two versions of one session; () when nothing did."""
    if old is None and new is None:
        return ()
    if old is None:
        return (ChangeKind.ADDED,)
    if new is None:
        return (ChangeKind.REMOVED,)
    if takes_place(old) != takes_place(new):
        return (ChangeKind.CANCELLED if takes_place(old) else ChangeKind.REINSTATED,)
    changed = {key for key in new.keys() | old.keys() if old.get(key) != new.get(key)}
    kinds = []
    if changed & set(TIME_FIELDS):
        kinds.append(ChangeKind.RETIMED)
    if "room" in changed:
        kinds.append(ChangeKind.MOVED)
    if changed & set(TEXT_FIELDS):
        kinds.append(ChangeKind.TEXT)
    if "people" in changed:
        kinds.append(ChangeKind.PEOPLE)
    if changed - {*TIME_FIELDS, *TEXT_FIELDS, "room", "people"}:
        kinds.append(ChangeKind.DETAILS)
    return tuple(kinds)
