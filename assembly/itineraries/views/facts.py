"""What every page of a schedule shows, one's own or a member's."""

from datetime import datetime
from typing import Any

from assembly.itineraries.selectors.agenda import Agenda
from assembly.itineraries.selectors.attendees import Owner
from assembly.itineraries.views.fragments import session_fragments
from assembly.programme.selectors.published import State


def facts_of(owner: Owner, agenda: Agenda, state: State, at: datetime) -> dict[str, Any]:
    """In the time zone in force, which is the Assembly's."""
    return {
        "programme": agenda.programme,
        "assembly": agenda.programme.assembly,
        "at": at,
        "today": at.astimezone(agenda.programme.zone).date(),
        "owner": owner,
        "agenda": agenda,
        "now": agenda.now(at),
        "next": agenda.next(at),
        "troubles": agenda.troubles(at),
        "fragments": session_fragments(agenda, state, at),
    }
