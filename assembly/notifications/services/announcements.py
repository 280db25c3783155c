"""An announcement's life: written, tried on oneself, confirmed by its count, paused, dropped."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from assembly.accounts.models import User
from assembly.core import audit
from assembly.core.errors import NotAllowed, StaleState
from assembly.editions.models import Assembly
from assembly.itineraries.choices import Topic
from assembly.notifications import rules
from assembly.notifications.choices import AnnouncementState, Kind
from assembly.notifications.models import Announcement
from assembly.notifications.notices import ANNOUNCEMENT, Letters
from assembly.notifications.selectors.audience import Audience, recipients
from assembly.notifications.selectors.people import Addressee
from assembly.notifications.services.posting import Post, post
from assembly.outbox import services as outbox
from assembly.outbox.choices import Priority
from assembly.outbox.letters import LONGEST_SUBJECT, Rendered

TEXT_FIELDS: Final = tuple(
    f"{name}_{code}" for name in ("subject", "body") for code, _label in settings.LANGUAGES
)
FIELDS: Final = (*TEXT_FIELDS, "safety", "audience", "send_at")


@transaction.atomic
def save(
    *,
    announcement: Announcement | None,
    assembly: Assembly,
    fields: dict[str, Any],
    based_on: int,
    by: User,
    at: datetime,
) -> Announcement:
    """Write a draft, or change one; returns it. Nothing is sent.

    Raises StaleState when somebody else saved it meanwhile, or it was confirmed.
    """
    if announcement is None:
        created: Announcement = Announcement.objects.create(
            assembly=assembly, written_by=by, **fields
        )
        return created
    drafts = Announcement.objects.filter(
        pk=announcement.pk, version=based_on, state=AnnouncementState.DRAFT
    )
    if not drafts.update(**fields, version=F("version") + 1, updated_at=at):
        raise StaleState(announcement, _("Somebody else changed or confirmed this meanwhile."))
    announcement.refresh_from_db()
    return announcement


@transaction.atomic
def confirm(
    *, announcement: Announcement, version: int, digest: str, count: int, by: User, at: datetime
) -> int:
    """Queue it for everybody on the list, which is still the one somebody looked at.

    `count` is the number they typed, `digest` says which people they saw. It leaves a minute from
    now, or at its time: until then all of it can be dropped. Returns how many are told. Raises
    NotAllowed for nobody or another count, StaleState when the list or the text has moved.
    """
    found = recipients(
        announcement.assembly, Audience.of(announcement.audience), at, safety=announcement.safety
    )
    if not found.people:
        raise NotAllowed(_("Nobody is chosen, so nobody would get it."))
    if announcement.send_at is not None and announcement.send_at <= at:
        raise NotAllowed(_("The time it should leave is past. Change it first."))
    if found.digest != digest:
        raise StaleState(announcement, _("The list of recipients changed. Look at it again."))
    if count != len(found.people):
        raise NotAllowed(_("Type %(count)s to confirm.") % {"count": len(found.people)})
    moved = Announcement.objects.filter(
        pk=announcement.pk, version=version, state=AnnouncementState.DRAFT
    ).update(
        state=AnnouncementState.CONFIRMED,
        recipients=len(found.people),
        confirmed_at=at,
        updated_at=at,
    )
    if not moved:
        raise StaleState(announcement, _("Somebody else changed or confirmed this meanwhile."))
    announcement.refresh_from_db()
    _post(announcement, found.people, at)
    facts = {"recipients": len(found.people), "safety": announcement.safety}
    audit.record(by=by, verb="announcement confirmed", target=announcement, at=at, facts=facts)
    return len(found.people)


def _post(announcement: Announcement, people: list[Addressee], at: datetime) -> None:
    letters = Letters(announcement.assembly)
    leaves = max(announcement.send_at or at, at + rules.UNDO)
    posts = [
        Post(
            to,
            letters.announcement(
                announcement,
                to.recipient.language,
                may_decline=not announcement.safety and to.person is not None,
            ),
            Kind.SAFETY if announcement.safety else Kind.ANNOUNCEMENT,
            ANNOUNCEMENT,
            f"announcement:{announcement.uuid}:{to.reference}",
            topic="" if announcement.safety else Topic.ANNOUNCEMENTS,
        )
        for to in people
    ]
    priority = Priority.URGENT if announcement.safety else Priority.BULK
    post(
        posts,
        assembly=announcement.assembly,
        at=leaves,
        priority=priority,
        announcement=announcement,
    )


@transaction.atomic
def pause(*, announcement: Announcement, by: User, at: datetime) -> None:
    """Hold what has not left yet. Raises StaleState when it is not being sent."""
    _move(announcement, AnnouncementState.CONFIRMED, AnnouncementState.PAUSED, at)
    held = outbox.hold(batch=announcement.batch)
    _record(announcement, "announcement paused", by, at, held)


@transaction.atomic
def go_on(*, announcement: Announcement, by: User, at: datetime) -> None:
    """Send the rest of a paused one. Raises StaleState when it is not paused."""
    _move(announcement, AnnouncementState.PAUSED, AnnouncementState.CONFIRMED, at)
    freed = outbox.let_go(batch=announcement.batch, at=at)
    _record(announcement, "announcement resumed", by, at, freed)


@transaction.atomic
def cancel(*, announcement: Announcement, by: User, at: datetime) -> int:
    """Drop what has not left yet; returns how many mails. What was sent was sent.

    Raises StaleState when it is a draft or was cancelled already.
    """
    old = announcement.state
    if old not in (AnnouncementState.CONFIRMED, AnnouncementState.PAUSED):
        raise StaleState(announcement, _("There is nothing to cancel."))
    _move(announcement, old, AnnouncementState.CANCELLED, at)
    dropped = outbox.cancel(batch=announcement.batch, at=at)
    _record(announcement, "announcement cancelled", by, at, dropped)
    return dropped


@transaction.atomic
def retry(*, announcement: Announcement, by: User, at: datetime) -> int:
    """Send the failed ones again, but to suppressed addresses; returns how many.

    Raises StaleState when it is paused or cancelled.
    """
    _move(announcement, AnnouncementState.CONFIRMED, AnnouncementState.CONFIRMED, at)
    again = outbox.retry_failed(batch=announcement.batch, at=at)
    _record(announcement, "announcement retried", by, at, again)
    return again


@transaction.atomic
def send_test(*, announcement: Announcement, by: User, at: datetime) -> int:
    """Send it to oneself, once for each language it is written in; returns how many.

    Raises NotAllowed for whoever has no address.
    """
    if not by.email:
        raise NotAllowed(_("Your account has no e-mail address."))
    letters = Letters(announcement.assembly)
    to = by.as_recipient()
    parcels = [
        outbox.Parcel(
            replace(to, language=code),
            _as_test(
                letters.announcement(announcement, code, may_decline=False).to(
                    {"name": by.name, "delegation": "–"}, {"unsubscribe": ""}
                )
            ),
            f"announcement-test:{announcement.uuid}:{code}:{at.isoformat()}",
            ANNOUNCEMENT,
        )
        for code in announcement.languages
    ]
    return len(outbox.enqueue_many(parcels, not_before=at))


def _as_test(mail: Rendered) -> Rendered:
    subject = _("[Test] %(subject)s") % {"subject": mail.subject}
    return replace(mail, subject=subject[:LONGEST_SUBJECT])


def _move(announcement: Announcement, old: str, new: AnnouncementState, at: datetime) -> None:
    moved = Announcement.objects.filter(pk=announcement.pk, state=old).update(
        state=new, updated_at=at
    )
    if not moved:
        raise StaleState(announcement, _("Somebody else was faster. Look at it again."))


def _record(announcement: Announcement, verb: str, by: User, at: datetime, mails: int) -> None:
    audit.record(by=by, verb=verb, target=announcement, at=at, facts={"mails": mails})
