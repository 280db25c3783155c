"""Going back: drafts as an older revision had them, to be looked at and published again."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from assembly.accounts.models import User
from assembly.core import audit
from assembly.core.errors import NotAllowed
from assembly.delegations.models import Delegation
from assembly.people.models import Person
from assembly.programme.choices import Status
from assembly.programme.models import Interpretation, Participation, Revision, Session
from assembly.programme.payloads import Payload, start_of
from venues.models import Room


@transaction.atomic
def restore(*, revision: Revision, by: User | None, at: datetime) -> int:
    """Write the drafts back to what `revision` published; returns how many sessions changed.

    Sessions the revision did not have are cancelled when they were published since, and left
    alone as drafts otherwise. Nothing is published by this. People erased since stay away. Raises
    NotAllowed when a room the revision names is gone.
    """
    old: dict[str, Payload] = dict(revision.sessions.values_list("code", "payload"))
    drafts = Session.objects.of(revision.assembly).select_for_update()
    by_code = {session.code: session for session in drafts}
    rooms = _rooms(old)
    # The opening and the closing may have changed places: free both before either is taken.
    Session.objects.of(revision.assembly).exclude(anchor="").update(anchor="")
    for session in by_code.values():
        session.anchor = ""
    restored = 0
    for code, payload in old.items():
        _write_back(by_code[code], payload, by_code, rooms[payload["room"]])
        restored += 1
    for code, session in by_code.items():
        if code not in old and session.status == Status.CONFIRMED and session.published.exists():
            session.status = Status.CANCELLED
            _save(session)
            restored += 1
    facts = {"assembly": revision.assembly.number, "revision": revision.number}
    audit.record(by=by, verb="draft restored", target=revision, at=at, facts=facts)
    return restored


def _rooms(payloads: dict[str, Payload]) -> dict[str, Room]:
    wanted = {payload["room"] for payload in payloads.values()}
    rooms = {room.code: room for room in Room.objects.filter(code__in=wanted)}
    if wanted - rooms.keys():
        gone = ", ".join(sorted(wanted - rooms.keys()))
        raise NotAllowed(_("This revision needs rooms that are gone: %(rooms)s.") % {"rooms": gone})
    return rooms


def _write_back(
    session: Session, payload: Payload, by_code: dict[str, Session], room: Room
) -> None:
    for field in ("title", "abstract", "theme"):
        for language, _label in settings.LANGUAGES:
            setattr(session, f"{field}_{language}", payload[field].get(language, ""))
    for field in ("status", "kind", "anchor", "agenda_item", "document_reference", "minutes"):
        setattr(session, field, payload[field])
    for field in ("listing", "audience", "region", "mandatory", "expected", "embargo_until"):
        setattr(session, field, payload[field])
    media = payload["media"]
    session.media_access = media["access"]
    session.media_places = media["places"]
    session.media_call_minutes = media["call_minutes"]
    session.media_meeting_point = media["meeting_point"]
    session.media_escort = media["escort"]
    session.illustrative = payload["illustrative"]
    session.starts_at = start_of(payload)
    session.room = room
    session.must_follow = by_code.get(payload["must_follow"] or "")
    _save(session)
    _write_back_lists(session, payload)


def _save(session: Session) -> None:
    session.version += 1
    session.save()


def _write_back_lists(session: Session, payload: Payload) -> None:
    session.delegations.set(
        Delegation.objects.of(session.assembly).with_codes(payload["delegations"])
    )
    session.interpretation.all().delete()
    Interpretation.objects.bulk_create(
        Interpretation(session=session, language=entry["language"], channel=entry["channel"])
        for entry in payload["interpretation"]
    )
    session.participations.all().delete()
    people = {
        str(person.uuid): person
        for person in Person.objects.filter(
            uuid__in=[entry["person"] for entry in payload["people"]], erased_at__isnull=True
        )
    }
    for position, entry in enumerate(payload["people"]):
        if entry["person"] in people:
            Participation.objects.create(
                session=session,
                person=people[entry["person"]],
                role=entry["role"],
                affiliation=entry["affiliation"],
                position=position,
            )
