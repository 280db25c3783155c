"""The difference of two programmes: the change log, and what decides who is told."""

from collections.abc import Mapping
from dataclasses import dataclass

from assembly.programme.choices import ChangeKind
from assembly.programme.payloads import Payload, change_kinds


@dataclass(frozen=True)
class Change:
    """One session's change from `old` to `new`; None where it was or is not there."""

    code: str
    kinds: tuple[ChangeKind, ...]
    old: Payload | None
    new: Payload | None

    @property
    def latest(self) -> Payload:
        payload = self.new if self.new is not None else self.old
        assert payload is not None
        return payload


def change_of(code: str, old: Payload | None, new: Payload | None) -> Change | None:
    """The change of one session, or None when it did not change."""
    kinds = change_kinds(old, new)
    return Change(code, kinds, old, new) if kinds else None


def between(old: Mapping[str, Payload], new: Mapping[str, Payload]) -> list[Change]:
    """All changes from one programme to another, by the time of the session."""
    found = (change_of(code, old.get(code), new.get(code)) for code in old.keys() | new.keys())
    changes = [change for change in found if change is not None]
    return sorted(changes, key=lambda change: (change.latest["starts_at"], change.code))
