"""What organisers decide about a message or an address."""

from datetime import datetime
from uuid import uuid4

from django.db import models, transaction
from django.utils.translation import gettext as _

from assembly.core import audit
from assembly.core.errors import NotAllowed, StaleState
from assembly.core.queue import run_after_commit
from assembly.outbox import rules
from assembly.outbox.choices import InDoubt, State
from assembly.outbox.models import Message, Suppression
from assembly.outbox.services.queueing import AGAIN, PUMP, REMOVED


@transaction.atomic
def resend(*, message: Message, by: models.Model, reason: str, at: datetime) -> Message:
    """Send a message once more; returns the row that goes out.

    What was not accepted goes again as the same mail, under the same Message-ID, so that a second
    copy can be told by the reader's software. What was accepted goes as a new mail. Mails with a
    code or a link never do: a new one is asked for where the first was. Writes an audit entry.
    Raises NotAllowed, and StaleState when somebody else was faster.
    """
    if message.sensitive or message.text == REMOVED or not message.to_email:
        raise NotAllowed(_("What this mail said is gone, so it cannot be sent again."))
    until = _until(message, at)
    if Suppression.objects.standing().filter(email__iexact=message.to_email).exists():
        raise NotAllowed(_("The address is suppressed. Lift that first."))
    send = _copy if message.state == State.SENT else _requeue
    again = send(message, at, until)
    facts = {"reason": reason, "state": message.state}
    audit.record(by=by, verb="message sent again", target=message, at=at, facts=facts)
    run_after_commit(PUMP)
    return again


def _until(message: Message, at: datetime) -> datetime:
    """How long it is of use. What goes again by itself, as reminders do, has an end of its own."""
    if message.when_in_doubt != InDoubt.RESEND or message.expires_at is None:
        return at + rules.LIFE
    if message.expires_at <= at:
        raise NotAllowed(_("It is of no use any more: its time has passed."))
    return message.expires_at


def _requeue(message: Message, at: datetime, until: datetime) -> Message:
    settled = [State.FAILED, State.UNCERTAIN, State.CANCELLED]
    theirs = Message.objects.filter(pk=message.pk, state=message.state)
    moved = theirs.filter(state__in=settled).update(
        state=State.QUEUED, held=False, not_before=at, expires_at=until, updated_at=at
    )
    if not moved:
        raise StaleState(message, _("This message is on its way, or somebody else decided."))
    return message


def _copy(message: Message, at: datetime, until: datetime) -> Message:
    """A new mail of the same words; it belongs to no batch, whose figures stay what they were."""
    key = f"{message.dedupe_key[:150]}{AGAIN}{uuid4()}"
    copied = Message.objects.get(pk=message.pk)
    copied.pk, copied.uuid, copied.dedupe_key = None, uuid4(), key
    copied.state, copied.attempts, copied.sent_at, copied.sending_at = State.QUEUED, 0, None, None
    copied.lease_token = copied.lease_expires_at = None
    copied.created_at, copied.not_before, copied.expires_at = at, at, until
    copied.batch = ""
    copied.save(force_insert=True)
    return copied


@transaction.atomic
def settle(*, message: Message, by: models.Model, at: datetime) -> None:
    """Leave a message of which nobody knows as it is: it counts as sent. Writes an audit entry.

    Raises StaleState when it is not in doubt any more.
    """
    moved = Message.objects.filter(pk=message.pk, state=State.UNCERTAIN).update(
        state=State.SENT, sent_at=message.sending_at or at, updated_at=at
    )
    if not moved:
        raise StaleState(message, _("Somebody else has decided about this message."))
    audit.record(by=by, verb="message counted as sent", target=message, at=at)


@transaction.atomic
def lift(*, suppression: Suppression, by: models.Model, reason: str, at: datetime) -> None:
    """Write to an address again. Writes an audit entry; raises StaleState when it was lifted."""
    standing = Suppression.objects.standing().filter(pk=suppression.pk)
    if not standing.update(lifted_at=at, lifted_because=reason):
        raise StaleState(suppression, _("Somebody else has lifted this already."))
    audit.record(by=by, verb="suppression lifted", target=suppression, at=at)
