"""A published programme, people it concerns, and the ticks that tell them."""

from datetime import UTC, datetime

import pytest

from assembly.itineraries import services as itineraries
from assembly.notifications import services
from assembly.notifications.models import PlanMark, ReminderRule
from assembly.outbox.models import Message
from assembly.programme.services import save_session
from tests.factories import delegate_of
from tests.itineraries.conftest import (  # noqa: F401  fixtures
    chile,
    member,
    phone,
    programme,
    republish,
)

EARLY = datetime(2024, 11, 5, 7, 0, tzinfo=UTC)
HALF_PAST_EIGHT = datetime(2024, 11, 5, 8, 30, tzinfo=UTC)


@pytest.fixture
def amina(chile):  # noqa: F811
    """A delegate with an address, who reads English."""
    return delegate_of(chile, "Amina Diallo", email="amina@police.example").person


@pytest.fixture
def hour_before(programme) -> ReminderRule:  # noqa: F811
    """One rule alone: an hour before, to everybody it may be for."""
    PlanMark.objects.create(assembly=programme)
    return ReminderRule.objects.create(assembly=programme, minutes=60)


def plan(assembly, at=EARLY) -> bool:
    return services.plan(assembly=assembly, at=at)


def work_out(assembly) -> None:
    for revision in assembly.revisions.filter(reach__isnull=True).order_by("number"):
        itineraries.work_out(revision=revision, at=revision.published_at)


def subjects(**which) -> list[tuple[str, str]]:
    """Who was written to, and what about."""
    rows = Message.objects.filter(**which).order_by("to_email", "pk")
    return list(rows.values_list("to_email", "subject"))


def edit(assembly, code, *, at, **fields) -> None:
    """Change a draft and publish it, both at this moment."""
    session = assembly.sessions.get(code=code)
    for name, value in fields.items():
        setattr(session, name, value)
    save_session(session=session, based_on=session.version, by=None, at=at)
    republish(assembly, at=at)
