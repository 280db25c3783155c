"""The office-holders who speak in public sessions."""

from datetime import datetime
from typing import Any

from assembly.editions.models import Assembly
from assembly.people.choices import CapacityKind
from assembly.people.models import Person
from assembly.people.services import save_person, take_capacity


def build(*, data: dict[str, Any], assembly: Assembly, at: datetime, scale: int) -> None:
    """Speakers by the name they are introduced by, and one invented moderator for each copy."""
    names = {entry["name"] for session in data["sessions"] for entry in session.get("people", [])}
    for name in sorted(names):
        _with_capacity(Person(display_name=name), assembly, CapacityKind.SPEAKER, at)
    for copy in range(2, scale + 1):
        person = Person(display_name=moderator_name(copy))
        _with_capacity(person, assembly, CapacityKind.SPEAKER, at)


def moderator_name(copy: int) -> str:
    """Who moderates the panels of a copy made by --scale."""
    return f"Demo moderator {copy}"


def _with_capacity(person: Person, assembly: Assembly, kind: str, at: datetime) -> None:
    known = Person.objects.filter(display_name=person.display_name).first()
    if known is None:
        known = save_person(person=person, by=None, at=at)
    take_capacity(person=known, assembly=assembly, kind=kind, by=None, at=at)
