"""Saving drafts: under a version check, along the rules, with an audit entry."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from assembly.accounts.models import User
from assembly.core import audit
from assembly.core.errors import NotAllowed, StaleState
from assembly.programme import rules
from assembly.programme.models import Session


@transaction.atomic
def save_session(
    *, session: Session, based_on: int | None, by: User | None, at: datetime
) -> Session:
    """Save a new or edited draft; writes history and an audit entry.

    `based_on` is the version the editor started from, None for a new session. Raises StaleState
    when somebody saved in between, and NotAllowed when the status may not change like this.
    """
    if session.pk is None or based_on is None:
        session.version = 1
        session.save()
        audit.record(by=by, verb="session added", target=session, at=at)
        return session
    _take_version(session, based_on)
    stored = Session.objects.get(pk=session.pk)
    _check_move(stored, session.status)
    _check_code(stored, session.code)
    if not session.is_placed and stored.published.exists():
        raise NotAllowed(_("A published session keeps its time and room, also when cancelled."))
    session.version = based_on + 1
    session.save()
    facts = {"version": session.version, "status": session.status}
    audit.record(by=by, verb="session saved", target=session, at=at, facts=facts)
    return session


@transaction.atomic
def set_status(*, session: Session, status: str, by: User | None, at: datetime) -> Session:
    """Confirm, cancel or reopen a session; the same effects and refusals as `save_session`."""
    session.status = status
    if status == "confirmed" and not session.is_placed:
        raise NotAllowed(_("A confirmed session needs a start, a length and a room."))
    return save_session(session=session, based_on=session.version, by=by, at=at)


@transaction.atomic
def delete_draft(*, session: Session, by: User | None, at: datetime) -> None:
    """Delete a session that was never published. Raises NotAllowed for any other: cancel it."""
    if session.published.exists():
        raise NotAllowed(_("A published session cannot be deleted. Cancel it instead."))
    audit.record(by=by, verb="session deleted", target=session, at=at, facts={"code": session.code})
    session.delete()


def _take_version(session: Session, based_on: int) -> None:
    """Move the version on in the database, or find that somebody else did."""
    mine = Session.objects.filter(pk=session.pk, version=based_on)
    if not mine.update(version=based_on + 1):
        raise StaleState(session, _("Somebody else saved this session while you were editing it."))


def _check_move(stored: Session, status: str) -> None:
    published = stored.published.exists()
    if not rules.may_move(stored.status, status, published=published):
        raise NotAllowed(
            _("A session that is %(old)s cannot become %(new)s.")
            % {
                "old": stored.get_status_display().lower(),
                "new": Session(status=status).get_status_display().lower(),
            }
        )


def _check_code(stored: Session, code: str) -> None:
    if code != stored.code and stored.published.exists():
        raise NotAllowed(_("The code of a published session never changes."))
