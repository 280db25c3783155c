"""What a plan depends on, and what is late: moved since the last look, or nobody looked."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from assembly.accounts.models import User
from assembly.delegations.services import withdraw
from assembly.itineraries import services as itineraries
from assembly.notifications import services
from assembly.notifications.models import PlanMark, Reminder, ReminderRule
from assembly.outbox.models import Message
from assembly.programme.models import Session
from tests.conftest import NOON
from tests.factories import delegate_of, delegation_of
from tests.notifications.conftest import EARLY, HALF_PAST_EIGHT, edit, plan, subjects
from tests.racing import race

pytestmark = pytest.mark.django_db
PLENARY = datetime(2024, 11, 5, 9, 30, tzinfo=UTC)
PANEL = datetime(2024, 11, 5, 10, 35, tzinfo=UTC)


def plan_and_send(assembly, at) -> None:
    plan(assembly, at)
    services.send(assembly=assembly, at=at)


def test_of_two_rules_that_are_late_at_once_one_speaks(programme, hour_before, amina):
    ReminderRule.objects.create(assembly=programme, minutes=24 * 60)
    plan(programme, datetime(2024, 11, 2, 9, tzinfo=UTC))
    at = datetime(2024, 11, 5, 9, 0, tzinfo=UTC)
    edit(programme, "PLEN01", at=at, starts_at=at + timedelta(minutes=40))
    plan_and_send(programme, at)
    assert subjects() == [("amina@police.example", "09:40 Lomond: Plenary")]


def test_a_rule_made_after_a_session_moved_reminds_nobody_of_what_is_past(
    programme, hour_before, amina
):
    moved = datetime(2024, 11, 4, 20, 0, tzinfo=UTC)
    edit(programme, "PLEN01", at=moved, starts_at=PLENARY + timedelta(minutes=5))
    plan(programme, moved)
    at = datetime(2024, 11, 5, 0, 30, tzinfo=UTC)
    plan(programme, at - timedelta(seconds=5))
    ReminderRule.objects.create(assembly=programme, minutes=24 * 60)
    plan_and_send(programme, at)
    assert subjects() == []


def test_what_fell_due_while_nobody_looked_is_made_up_for(programme, hour_before, amina):
    plan(programme, PANEL - timedelta(minutes=75))
    panel = Session.objects.get(code="PANEL1")
    itineraries.save_session(person=amina, session=panel, at=PANEL - timedelta(minutes=70))
    plan_and_send(programme, PANEL - timedelta(minutes=50))
    assert ("amina@police.example", "10:35 Armadillo: Panel") in subjects()


@pytest.mark.parametrize("what", ["saved", "unsaved late", "region", "chose", "withdrawn", "head"])
def test_everything_a_plan_depends_on_moves_it(programme, hour_before, chile, amina, what):
    panel = Session.objects.get(code="PANEL1")
    other = delegate_of(delegation_of("FJ", region="Asia-Pacific"), "Other Person")
    itineraries.save_session(person=other.person, session=panel, at=EARLY)
    itineraries.mute(person=amina, topic="changes", at=EARLY + timedelta(minutes=5))
    plan(programme)
    if what == "saved":
        itineraries.save_session(person=amina, session=panel, at=EARLY)
    elif what == "unsaved late":  # its clock was read before, it commits after
        itineraries.unsave_session(person=other.person, session=panel, at=EARLY)
    elif what == "region":
        chile.country.region = "Europe"
        chile.country.save()
    elif what == "chose":
        itineraries.choose_reminders(person=amina, lead_minutes=0, muted=[], at=EARLY)
    elif what == "withdrawn":
        withdraw(delegate=other, by=None, at=EARLY)
    else:
        chile.delegates.update(is_head=True)
    assert plan(programme) is True
    assert plan(programme) is False


def test_a_look_at_ones_changes_moves_no_plan(programme, hour_before, amina):
    plan(programme)
    itineraries.look(person=amina, assembly_id=programme.pk, revision=1, at=NOON)
    assert plan(programme) is False


def test_whatever_escaped_is_found_after_five_minutes(programme, hour_before, amina):
    plan(programme)
    Reminder.objects.all().delete()
    plan(programme, EARLY + timedelta(minutes=4))
    assert Reminder.objects.count() == 0
    plan(programme, EARLY + timedelta(minutes=5))
    assert Reminder.objects.count() == 1


def test_a_planner_that_died_holds_up_the_next_for_two_minutes_at_most(
    programme, hour_before, amina
):
    PlanMark.objects.update(busy_until=EARLY + timedelta(minutes=2))
    assert plan(programme, EARLY + timedelta(minutes=1)) is False
    assert plan(programme, EARLY + timedelta(minutes=2, seconds=1)) is True


@pytest.mark.parametrize("step", ["plan", "send", "tell"])
def test_a_step_that_fails_keeps_no_other_from_its_work(
    programme, hour_before, amina, monkeypatch, step
):
    from assembly.notifications.services import ticking  # noqa: PLC0415

    plan(programme)

    def fails(**_facts):
        raise ValueError(step)

    steps = tuple(fails if each.__name__ == step else each for each in ticking.STEPS)
    monkeypatch.setattr(ticking, "STEPS", steps)
    with pytest.raises(ValueError, match=step):
        services.look(lambda: HALF_PAST_EIGHT)
    assert Message.objects.count() == (0 if step == "send" else 1)


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_somebody_else_who_plans(programme, hour_before, amina):
    taken: list[float] = []

    def first():
        with transaction.atomic():
            PlanMark.objects.update(busy_until=EARLY + timedelta(minutes=1))
        time.sleep(1)

    def second():
        time.sleep(0.3)
        began = time.perf_counter()
        plan(programme)
        taken.append(time.perf_counter() - began)

    race(first, second)
    assert [seconds < 0.6 for seconds in taken] == [True]
    assert User.objects.count() == 1
