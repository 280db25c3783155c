"""A session that many are reminded of, and that is moved: called by a farm's clerk."""

import time
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from assembly.editions.models import Assembly
from assembly.notifications import services
from assembly.notifications.models import PlanMark, Reminder, ReminderRule, Told
from assembly.programme.models import Session
from assembly.programme.services import publish, save_session
from assembly.programme.services.publishing import plan
from tests.factories import AssemblyFactory, SessionFactory, delegate_of, delegation_of

CODE = "MOVES1"


def build(people: int) -> str:
    """A plenary in half an hour that everybody is reminded of now; returns its time as told."""
    now = timezone.now()
    start = (now + timedelta(minutes=30)).replace(second=0, microsecond=0)
    assembly = AssemblyFactory(
        number=192,
        first_day=(now - timedelta(days=1)).date(),
        last_day=(now + timedelta(days=2)).date(),
        timezone="UTC",
    )
    SessionFactory(
        assembly=assembly, code=CODE, title="Plenary", starts_at=start, mandatory="delegates"
    )
    delegation = delegation_of("FR", assembly=assembly, seats=people)
    for number in range(people):
        delegate_of(delegation, f"Person {number}", email=f"p{number}@police.example")
    _publish(assembly, now)
    PlanMark.objects.create(assembly=assembly)
    Told.objects.create(assembly=assembly, number=1)
    ReminderRule.objects.create(assembly=assembly, minutes=30)
    services.plan(assembly=assembly, at=now - timedelta(hours=1))
    return f"{start:%H:%M}"


def move() -> float:
    """Two hours later, published; returns the moment after the commit (seconds since 1970)."""
    assembly = Assembly.objects.current().get()
    session = Session.objects.get(code=CODE)
    assert session.starts_at is not None
    session.starts_at += timedelta(hours=2)
    save_session(session=session, based_on=session.version, by=None, at=timezone.now())
    _publish(assembly, timezone.now())
    return time.time()


def _publish(assembly: Assembly, at: datetime) -> None:
    planned = plan(assembly=assembly)
    publish(
        assembly=assembly,
        by=None,
        at=at,
        based_on=planned.base,
        accepted={clash.key: "A test" for clash in planned.warnings},
        note="",
        tell=False,
    )


def planned_anew() -> list[Any]:
    """When those who are still to be reminded will be, and how many they are."""
    rows = Reminder.objects.filter(state="planned").values_list("due_at", "starts_at")
    spans = {int((start - due).total_seconds() // 60) for due, start in rows}
    return [len(rows), sorted(spans)]


def clear() -> None:
    """Out of the way of other tests; what was published stays, as it does in life."""
    Reminder.objects.all().delete()
    Assembly.objects.update(is_current=False)
