"""What every page of a schedule shows, one's own or a member's."""

from datetime import datetime
from typing import Any

from assembly.itineraries.selectors.agenda import Agenda
from assembly.itineraries.selectors.attendees import Owner
from assembly.itineraries.views.fragments import fragments, pages_to_keep, troubles
from assembly.programme.selectors.published import State


def facts_of(
    owner: Owner, agenda: Agenda, state: State, at: datetime, *, own: bool = False
) -> dict[str, Any]:
    """In the time zone in force, which is the Assembly's."""
    coming = agenda.next(at)
    return {
        "programme": agenda.programme,
        "assembly": agenda.programme.assembly,
        "at": at,
        "today": at.astimezone(agenda.programme.zone).date(),
        "owner": owner,
        "agenda": agenda,
        "now": fragments(agenda.now(at), state, at, mark="now"),
        "next": fragments(coming, state, at, mark="next"),
        "next_start": coming[0].item.starts_at if coming else None,
        "days": [(day, fragments(found, state, at, own=own)) for day, found in agenda.days],
        "troubles": troubles(agenda.troubles(at), state),
        "keep": pages_to_keep(agenda.entries),
        "own": own,
    }
