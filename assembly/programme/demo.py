"""The Glasgow programme from the demo's data, through the services, published as revision 1."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any, Final

from assembly.accounts.models import User
from assembly.editions.models import Assembly
from assembly.people.demo import moderator_name
from assembly.people.models import Person
from assembly.programme.choices import Listing, Role, SessionKind, Status
from assembly.programme.models import Interpretation, Participation, Session
from assembly.programme.services import publish, save_session
from assembly.programme.services.publishing import plan
from venues.demo import room_code
from venues.models import Room

# Copies made by --scale: an Assembly opens and closes once, so those two become something else.
ELSEWHERE: Final = {"opening": (2, time(17, 45)), "closing": (3, time(18, 0))}
DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def build(
    *,
    data: dict[str, Any],
    assembly: Assembly,
    by: User | None,
    at: datetime,
    scale: int,
    progress: Callable[[int, int], None],
) -> None:
    """Every session of the data, `scale` times, confirmed and published."""
    total = len(data["sessions"]) * scale
    made: dict[str, Session] = {}
    for copy in range(1, scale + 1):
        for number, facts in enumerate(data["sessions"]):
            session = _session(facts, assembly, copy, number, made, by, at)
            made[session.code] = session
            progress(len(made), total)
    planned = plan(assembly=assembly)
    publish(
        assembly=assembly,
        by=by,
        at=at,
        based_on=planned.base,
        accepted={clash.key: "Illustrative demo data" for clash in planned.warnings},
        note="First publication",
    )


def _session(
    facts: dict[str, Any],
    assembly: Assembly,
    copy: int,
    number: int,
    made: dict[str, Session],
    by: User | None,
    at: datetime,
) -> Session:
    original = copy == 1
    day, start = facts["day"], time.fromisoformat(facts["start"])
    if not original and facts["anchor"]:
        day, start = ELSEWHERE[facts["anchor"]]
    suffix = "" if original else f" ({copy})"
    audience, _, region = facts["audience"].partition(":")
    session = Session(
        assembly=assembly,
        code=facts["code"] if original else _copy_code(copy, number),
        status=Status.CONFIRMED,
        kind=facts["kind"],
        anchor=facts["anchor"] if original else "",
        agenda_item=facts["agenda_item"],
        starts_at=datetime.combine(
            assembly.first_day + timedelta(days=day - 1), start, assembly.zone
        ),
        minutes=facts["minutes"],
        room=Room.objects.get(code=room_code(facts["room"], copy)),
        must_follow=made.get(facts.get("must_follow", "")) if original else None,
        listing=facts["listing"] if facts["media"] == "closed" else Listing.PUBLIC,
        audience=audience,
        region=region,
        mandatory=facts["mandatory_for"] or "",
        expected=facts["expected"],
        media_access=facts["media"],
        media_places=facts.get("media_places"),
        media_call_minutes=facts.get("media_call_minutes_before"),
        illustrative=True,
        **{f"title_{language}": text + suffix for language, text in facts["title"].items()},
    )
    save_session(session=session, based_on=None, by=by, at=at)
    _lists(session, facts, copy)
    return session


def _lists(session: Session, facts: dict[str, Any], copy: int) -> None:
    Interpretation.objects.bulk_create(
        Interpretation(session=session, language=language, channel=channel)
        for channel, language in enumerate(facts["interpretation"], start=1)
    )
    if copy > 1:
        if facts["kind"] == SessionKind.PANEL:
            moderator = Person.objects.get(display_name=moderator_name(copy))
            Participation.objects.create(session=session, person=moderator, role=Role.MODERATOR)
        return
    for position, entry in enumerate(facts.get("people", [])):
        Participation.objects.create(
            session=session,
            person=Person.objects.get(display_name=entry["name"]),
            role=entry["role"],
            affiliation=entry["affiliation"],
            position=position,
        )


def _copy_code(copy: int, number: int) -> str:
    """Six digits or letters for session `number` of a copy, the same each time."""
    base = len(DIGITS)
    return f"Z{DIGITS[copy // base]}{DIGITS[copy % base]}{number:03d}"
