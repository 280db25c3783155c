"""Freezing drafts into a numbered revision."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from assembly.accounts.models import User
from assembly.core import audit
from assembly.core.errors import PlannerError, StaleState
from assembly.delegations.models import Delegation
from assembly.editions.models import Assembly
from assembly.people.models import Person
from assembly.programme.clashes import Clash
from assembly.programme.differences import Change, between
from assembly.programme.models import PublishedSession, Revision, Session
from assembly.programme.payloads import CanonicalEncoder, Payload, end_of, start_of
from assembly.programme.selectors import drafts
from venues.models import Room
from venues.selectors import closures


class Blocked(PlannerError):
    """Something blocks publishing; `clashes` is the list."""

    def __init__(self, clashes: list[Clash]) -> None:
        super().__init__(_("The programme cannot be published: something in it clashes."))
        self.clashes = clashes


class WarningsNotAccepted(PlannerError):
    """Warnings that nobody accepted with a reason yet; `clashes` is the list."""

    def __init__(self, clashes: list[Clash]) -> None:
        super().__init__(_("Some warnings need a reason before you publish."))
        self.clashes = clashes


class NothingToPublish(PlannerError):
    """What is chosen is published already."""


@dataclass(frozen=True)
class Plan:
    """What a publication would do, before it is done."""

    base: int
    payloads: Mapping[str, Payload]
    changes: list[Change]
    clashes: list[Clash]
    accepted_before: Mapping[str, str]

    @property
    def digest(self) -> str:
        """What these changes are, in short: moves when a draft is saved after somebody looked."""
        shown = [(change.code, change.new) for change in self.changes]
        text = json.dumps(shown, cls=CanonicalEncoder)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def blocks(self) -> list[Clash]:
        return [clash for clash in self.clashes if clash.blocks]

    @property
    def warnings(self) -> list[Clash]:
        return [clash for clash in self.clashes if not clash.blocks]

    def unanswered(self, accepted: Mapping[str, str]) -> list[Clash]:
        """Warnings with a reason neither now nor in the revision before."""
        answered = {key for key, reason in accepted.items() if reason.strip()}
        return [
            clash
            for clash in self.warnings
            if clash.key not in answered and clash.key not in self.accepted_before
        ]


def plan(*, assembly: Assembly, sessions: Collection[str] | None = None) -> Plan:
    """What publishing all changes would do, or only those of the sessions with these codes."""
    last = Revision.objects.of(assembly).latest_first().first()
    old = drafts.published(assembly)
    new = drafts.publishable(assembly)
    if sessions is not None:
        chosen = {code: payload for code, payload in new.items() if code in sessions}
        new = {**old, **chosen}
    return Plan(
        base=last.number if last else 0,
        payloads=new,
        changes=between(old, new),
        clashes=drafts.clashes_among(new, assembly),
        accepted_before=last.accepted if last else {},
    )


@transaction.atomic
def publish(
    *,
    assembly: Assembly,
    by: User | None,
    at: datetime,
    based_on: int,
    sessions: Collection[str] | None = None,
    accepted: Mapping[str, str],
    note: str,
    tell: bool = True,
    seen: str | None = None,
) -> Revision:
    """Freeze the drafts, or only the sessions with these codes, into the next revision.

    `based_on` is the number of the revision the publisher saw last, 0 before the first: of two
    people who publish at once one gets StaleState. `seen` is the digest of all changes the
    publisher looked at: a draft saved since is not published unseen, but StaleState too.
    `accepted` gives a reason for each warning's key; reasons of the revision before stay good for
    the same warning. Writes the revision, its sessions and an audit entry. Raises Blocked,
    WarningsNotAccepted and NothingToPublish.
    """
    Assembly.objects.select_for_update().get(pk=assembly.pk)
    proposal = plan(assembly=assembly, sessions=sessions)
    if proposal.base != based_on:
        raise StaleState(assembly, _("Somebody else published meanwhile. Look at their changes."))
    if seen is not None and seen != plan(assembly=assembly).digest:
        raise StaleState(assembly, _("A draft was saved since you looked. Look again."))
    if not proposal.changes:
        raise NothingToPublish(_("Nothing has changed since the last revision."))
    if proposal.blocks:
        raise Blocked(proposal.blocks)
    unanswered = proposal.unanswered(accepted)
    if unanswered:
        raise WarningsNotAccepted(unanswered)
    revision = _write_revision(proposal, assembly, by, at, accepted, note, tell)
    _write_sessions(revision, proposal)
    facts = {
        "assembly": assembly.number,
        "revision": revision.number,
        "changes": [[change.code, *change.kinds] for change in proposal.changes],
        "tell": tell,
    }
    audit.record(by=by, verb="published", target=revision, at=at, facts=facts)
    return revision


def _write_revision(
    proposal: Plan,
    assembly: Assembly,
    by: User | None,
    at: datetime,
    accepted: Mapping[str, str],
    note: str,
    tell: bool,
) -> Revision:
    reasons = {**proposal.accepted_before, **accepted}
    payloads = proposal.payloads.values()
    embargoes = {payload["embargo_until"] for payload in payloads} - {None}
    try:
        with transaction.atomic():
            return Revision.objects.create(
                assembly=assembly,
                number=proposal.base + 1,
                published_at=at,
                published_by=by,
                note=note,
                tell=tell,
                accepted={clash.key: reasons[clash.key] for clash in proposal.warnings},
                places=_places(assembly, {payload["room"] for payload in payloads}),
                embargoes=sorted(embargoes),
            )
    except IntegrityError:
        raise StaleState(
            assembly, _("Somebody else published meanwhile. Look at their changes.")
        ) from None


def _places(assembly: Assembly, codes: Iterable[str]) -> dict[str, Any]:
    """The rooms a revision names and when they are closed, frozen as they are now."""
    # All rooms of the venue: a room's page must not tell that something hidden takes place in it.
    rooms = Room.objects.filter(Q(code__in=codes) | Q(venue=assembly.venue)).select_related("zone")
    closed: dict[str, list[list[str]]] = defaultdict(list)
    for closure in closures(start=assembly.starts_at, end=assembly.ends_at):
        window = [closure.starts_at.isoformat(), closure.ends_at.isoformat()]
        closed[closure.room_code].append(window)
    return {
        room.code: {
            "name": {
                code: name
                for code, _label in settings.LANGUAGES
                if (name := getattr(room, f"name_{code}"))
            },
            "zone": room.zone.name,
            "capacity": room.capacity,
            "step_free": room.step_free,
            "plan": [room.plan_x, room.plan_y],
            "illustrative": room.illustrative,
            "closed": closed[room.code],
        }
        for room in rooms
    }


def _write_sessions(revision: Revision, proposal: Plan) -> None:
    """One row for each session; what did not change keeps its sequence and its past."""
    before = _rows_before(revision)
    changed = {change.code for change in proposal.changes}
    keys = dict(Session.objects.of(revision.assembly).values_list("code", "pk"))
    rows = [
        _row(revision, keys[code], payload, before.get(code), changed=code in changed)
        for code, payload in sorted(proposal.payloads.items())
    ]
    _name(PublishedSession.objects.bulk_create(rows))


def _rows_before(revision: Revision) -> dict[str, PublishedSession]:
    rows = PublishedSession.objects.filter(
        revision__assembly=revision.assembly, revision__number=revision.number - 1
    )
    return {row.code: row for row in rows}


def _row(
    revision: Revision,
    session: int,
    payload: Payload,
    before: PublishedSession | None,
    *,
    changed: bool,
) -> PublishedSession:
    row = PublishedSession(
        revision=revision,
        session_id=session,
        code=payload["code"],
        status=payload["status"],
        listing=payload["listing"],
        starts_at=start_of(payload),
        ends_at=end_of(payload),
        room_code=payload["room"],
        embargo_until=payload["embargo_until"],
        payload=payload,
        changed_in=revision.number,
        changed_at=revision.published_at,
    )
    if before is None:
        return row
    if changed:
        row.sequence = before.sequence + 1
        row.previous = before
    else:
        row.sequence = before.sequence
        row.changed_in, row.changed_at = before.changed_in, before.changed_at
        row.previous_id = before.previous_id
    return row


def _name(rows: list[PublishedSession]) -> None:
    """Link the people and delegations a session names, so that listings and names find them."""
    wanted = {entry["person"] for row in rows for entry in row.payload["people"]}
    people = dict(Person.objects.filter(uuid__in=wanted).values_list("uuid", "pk"))
    by_reference = {str(reference): key for reference, key in people.items()}
    person_link = PublishedSession.named_people.through
    person_link._default_manager.bulk_create(
        person_link(publishedsession_id=row.pk, person_id=by_reference[reference])
        for row in rows
        for reference in sorted({entry["person"] for entry in row.payload["people"]})
        if reference in by_reference
    )
    if not rows:
        return
    parties = Delegation.objects.of(rows[0].revision.assembly).select_related(
        "country", "organisation"
    )
    delegations = {delegation.code: delegation.pk for delegation in parties}
    delegation_link = PublishedSession.named_delegations.through
    delegation_link._default_manager.bulk_create(
        delegation_link(publishedsession_id=row.pk, delegation_id=delegations[code])
        for row in rows
        for code in row.payload["delegations"]
        if code in delegations
    )
