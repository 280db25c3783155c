"""Drafts as payloads, and what clashes among them."""

from collections.abc import Iterable, Mapping
from datetime import UTC

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assembly.delegations.selectors.lists import delegations_of_one
from assembly.editions.models import Assembly
from assembly.people.models import Person
from assembly.programme import clashes
from assembly.programme.choices import Status
from assembly.programme.models import PublishedSession, Session
from assembly.programme.payloads import Payload, slot_of, takes_place
from venues import selectors as venues
from venues.models import Room

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


def payload_of(session: Session) -> Payload:
    """A placed draft in the shape a revision keeps. People and places by reference."""
    assert session.starts_at is not None
    assert session.room is not None
    return {
        "code": session.code,
        "uuid": str(session.uuid),
        "status": session.status,
        "kind": session.kind,
        "anchor": session.anchor,
        "agenda_item": session.agenda_item,
        "document_reference": session.document_reference,
        "title": _texts(session, "title"),
        "abstract": _texts(session, "abstract"),
        "theme": _texts(session, "theme"),
        "starts_at": session.starts_at.astimezone(UTC).isoformat(),
        "minutes": session.minutes,
        "room": session.room.code,
        "must_follow": session.must_follow.code if session.must_follow else None,
        "listing": session.listing,
        "audience": session.audience,
        "region": session.region,
        "delegations": sorted(entry.code for entry in session.delegations.all()),
        "mandatory": session.mandatory,
        "expected": session.expected,
        "embargo_until": (
            session.embargo_until.astimezone(UTC).isoformat() if session.embargo_until else None
        ),
        "media": {
            "access": session.media_access,
            "places": session.media_places,
            "call_minutes": session.media_call_minutes,
            "meeting_point": session.media_meeting_point,
            "escort": session.media_escort,
        },
        "interpretation": [
            {"language": entry.language, "channel": entry.channel}
            for entry in session.interpretation.all()
        ],
        "people": [
            {
                "person": str(entry.person.uuid),
                "role": entry.role,
                "affiliation": entry.affiliation,
            }
            for entry in session.participations.all()
        ],
        "illustrative": session.illustrative,
    }


def _texts(session: Session, field: str) -> dict[str, str]:
    texts = {code: getattr(session, f"{field}_{code}") or "" for code in LANGUAGES}
    return {code: text for code, text in texts.items() if text}


def whole(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Sessions with all that `payload_of` reads, in a fixed number of queries."""
    return sessions.select_related("room", "must_follow").prefetch_related(
        "participations__person",
        "interpretation",
        "delegations__country",
        "delegations__organisation",
    )


def publishable(assembly: Assembly) -> dict[str, Payload]:
    """What the drafts would publish now, by code: confirmed ones, and cancelled ones once shown."""
    placed = Session.objects.of(assembly).filter(
        starts_at__isnull=False, minutes__isnull=False, room__isnull=False
    )
    shown = set(PublishedSession.objects.in_latest(assembly).values_list("code", flat=True))
    return {
        session.code: payload_of(session)
        for session in whole(placed)
        if session.status == Status.CONFIRMED
        or (session.status == Status.CANCELLED and session.code in shown)
    }


def published(assembly: Assembly) -> dict[str, Payload]:
    """The payloads of the newest revision, by code."""
    rows = PublishedSession.objects.in_latest(assembly).values_list("code", "payload")
    return dict(rows)


def clashes_among(payloads: Mapping[str, Payload], assembly: Assembly) -> list[clashes.Clash]:
    """Every clash among sessions that take place, in words of the current language."""
    taking_place = [payload for payload in payloads.values() if takes_place(payload)]
    names = names_of(taking_place)
    language = (get_language() or "en")[:2]
    slots = [slot_of(payload, language=language, names=names) for payload in taking_place]
    return clashes.find(slots, _setting(assembly, slots))


def names_of(payloads: Iterable[Payload]) -> dict[str, str]:
    """Names by reference for all on these sessions, for editors: protected people have none."""
    references = {entry["person"] for payload in payloads for entry in payload["people"]}
    rows = Person.objects.filter(uuid__in=references)
    return {
        str(reference): _("A protected person") if protected else name
        for reference, name, protected in rows.values_list("uuid", "display_name", "protected")
    }


def _setting(assembly: Assembly, slots: list[clashes.Slot]) -> clashes.Setting:
    earliest = min((slot.starts_at for slot in slots), default=assembly.starts_at)
    latest = max((slot.ends_at for slot in slots), default=assembly.ends_at)
    return clashes.Setting(
        halls={
            room.code: clashes.Hall(
                room.code, room.name, room.zone.name, room.capacity, room.booths
            )
            for room in Room.objects.select_related("zone")
        },
        closures=venues.closures(start=earliest, end=latest),
        walks=venues.walking_minutes(),
        opens=assembly.starts_at,
        closes=assembly.ends_at,
        lone=[
            clashes.Lone(one.code, one.name, one.region, one.head)
            for one in delegations_of_one(assembly)
        ],
    )


def clashes_now(assembly: Assembly) -> list[clashes.Clash]:
    """The clashes of what would be published if everything were published now."""
    return clashes_among(publishable(assembly), assembly)


def published_clashes(assembly: Assembly) -> list[clashes.Clash]:
    """The newest revision held against today's rooms and closures."""
    return clashes_among(published(assembly), assembly)
