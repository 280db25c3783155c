"""Whether mail flows: what organisers are warned of, as it is at this moment."""

from datetime import datetime

from django.db.models import Count, Min, Q

from assembly.notifications import rules
from assembly.notifications.choices import AlertKind
from assembly.notifications.models import Reminder
from assembly.outbox.choices import Outcome
from assembly.outbox.models import DeliveryAttempt, Message, Pulse
from assembly.outbox.services.delivery import PUMP_PULSE


def alerts_now(at: datetime) -> dict[AlertKind, dict[str, int]]:
    """Every warning that stands, with its figure; five queries."""
    lately = DeliveryAttempt.objects.filter(at__gt=at - rules.ALERT_WINDOW, at__lte=at)
    ended = lately.aggregate(
        sent=Count("pk", filter=Q(outcome=Outcome.ACCEPTED)),
        failed=Count("pk", filter=Q(outcome=Outcome.REFUSED)),
    )
    pulse = Pulse.objects.filter(name=PUMP_PULSE).first()
    return rules.alerts(
        oldest_due=_oldest(at),
        finished=ended["sent"] + ended["failed"],
        failed=ended["failed"],
        pump_seen=pulse.seen_at if pulse else None,
        at=at,
    )


def _oldest(at: datetime) -> datetime | None:
    """Since when the oldest message waits: to be written, for its first try, or after one that
    failed."""
    waiting = Message.objects.waiting().filter(held=False)
    untried = waiting.filter(attempts=0, not_before__lte=at).aggregate(t=Min("not_before"))["t"]
    tried = waiting.filter(attempts__gt=0).aggregate(t=Min("tries__at"))["t"]
    planned = Reminder.objects.due(at).filter(assembly__is_current=True, starts_at__gt=at)
    unwritten = planned.order_by().aggregate(t=Min("due_at"))["t"]
    instants = (untried, tried, unwritten)
    return min((instant for instant in instants if instant is not None), default=None)
