"""What planning reminders costs: `python -m tests.bench.planning`.

Runs under the demo settings with the database of VAR_DIR after `tests.bench.people` has filled it:
2,500 people with 20 saved sessions each. Prints JSON. Everything is taken back.
"""

# ruff: noqa: E402  Django is set up before models are imported

import json
from datetime import timedelta

import django

django.setup()

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from assembly.editions.models import Assembly
from assembly.notifications import services
from assembly.notifications.models import PlanMark, Reminder, ReminderRule
from tests.bench.people import timed


def planning() -> dict[str, object]:
    """Milliseconds to plan everything from nothing, again with nothing moved, and to hand over
    the fullest minute."""
    assembly = Assembly.objects.current().get()
    at = assembly.starts_at - timedelta(hours=8)
    with transaction.atomic():
        Reminder.objects.filter(assembly=assembly).delete()
        ReminderRule.objects.filter(assembly=assembly).delete()
        PlanMark.objects.get_or_create(assembly=assembly)
        ReminderRule.objects.create(
            assembly=assembly, to_mandatory=False, to_speakers=False, to_media=False
        )
        with CaptureQueriesContext(connection) as queries:
            _, plan_ms = timed(lambda: services.plan(assembly=assembly, at=at, always=True))
        _, again_ms = timed(lambda: services.plan(assembly=assembly, at=at, always=True))
        _, unmoved_ms = timed(lambda: services.plan(assembly=assembly, at=at))
        count = Reminder.objects.filter(assembly=assembly).count()
        transaction.set_rollback(True)
    reads = sum(query["sql"].startswith("SELECT") for query in queries)
    return {
        "reminders": count,
        "plan_ms": plan_ms,
        "again_ms": again_ms,
        "unmoved_ms": unmoved_ms,
        "reads": reads,
    }


if __name__ == "__main__":
    print(json.dumps(planning()))
