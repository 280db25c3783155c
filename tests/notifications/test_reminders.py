"""Reminders: planned from the rules, planned anew when a session moves, never after it began."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from assembly.accounts.models import User
from assembly.delegations.services import withdraw
from assembly.itineraries import services as itineraries
from assembly.notifications import services
from assembly.notifications.choices import ReminderState, When, Why
from assembly.notifications.models import Notice, PlanMark, Reminder, ReminderRule
from assembly.outbox import pump
from assembly.outbox.choices import State
from assembly.outbox.models import Message
from assembly.outbox.services import delivery
from assembly.people.choices import CapacityKind
from assembly.people.services import take_capacity
from assembly.programme.models import Participation, Session
from tests.factories import PersonFactory, delegate_of, delegation_of
from tests.itineraries.conftest import change
from tests.notifications.conftest import EARLY, HALF_PAST_EIGHT, edit, plan, subjects
from tests.racing import race

pytestmark = pytest.mark.django_db
PLENARY = datetime(2024, 11, 5, 9, 30, tzinfo=UTC)
PANEL = datetime(2024, 11, 5, 10, 35, tzinfo=UTC)


def planned() -> list[tuple[str, str, datetime, str]]:
    rows = Reminder.objects.filter(state=ReminderState.PLANNED).order_by("due_at", "pk")
    return list(rows.values_list("person__display_name", "session__code", "due_at", "why"))


def send(assembly, at=HALF_PAST_EIGHT) -> int:
    return services.send(assembly=assembly, at=at)


def test_the_usual_rules_are_an_hour_before_and_the_evening_before_day_1(programme, amina):
    assert plan(programme, datetime(2024, 11, 1, 12, tzinfo=UTC)) is True
    assert planned() == [
        ("Amina Diallo", None, datetime(2024, 11, 3, 18, 0, tzinfo=UTC), Why.COMES),
        ("Amina Diallo", "PLEN01", HALF_PAST_EIGHT, Why.MANDATORY),
    ]


def test_nothing_is_planned_again_while_nothing_moved(programme, hour_before, amina):
    assert plan(programme) is True
    assert plan(programme) is False


def test_each_is_reminded_once_for_the_first_reason(programme, hour_before, amina):
    session = Session.objects.get(code="PLEN01")
    itineraries.save_session(person=amina, session=session, at=EARLY)
    Participation.objects.create(session=session, person=amina, role="chair")
    change(programme, "PLEN01", minutes=50)
    plan(programme)
    assert planned() == [("Amina Diallo", "PLEN01", HALF_PAST_EIGHT, Why.SPEAKS)]


def test_a_saved_session_is_reminded_of_and_one_nobody_saved_is_not(programme, hour_before, amina):
    session = Session.objects.get(code="PANEL1")
    itineraries.save_session(person=amina, session=session, at=EARLY)
    plan(programme)
    assert planned()[1:] == [("Amina Diallo", "PANEL1", PANEL - timedelta(hours=1), Why.SAVED)]


def test_accredited_media_count_from_their_call_time(programme, hour_before):
    reporter = PersonFactory(display_name="A reporter", email="r@news.example")
    take_capacity(person=reporter, assembly=programme, kind=CapacityKind.MEDIA, by=None, at=EARLY)
    change(programme, "PANEL1", media_access="open", media_call_minutes=30)
    plan(programme)
    due = PANEL - timedelta(minutes=90)
    assert planned() == [("A reporter", "PANEL1", due, Why.MEDIA)]

    send(programme, due)
    assert subjects() == [("r@news.example", "Call time 10:05: Panel, Armadillo")]
    assert "Be there at call time, 10:05." in Message.objects.get().text


@pytest.mark.parametrize(("lead", "dues"), [(None, [60]), (15, [15]), (120, [120]), (0, [])])
def test_a_delegate_chooses_how_long_before_or_no_reminder(
    programme, hour_before, amina, lead, dues
):
    ReminderRule.objects.create(assembly=programme, when=When.EVENING)
    itineraries.choose_reminders(person=amina, lead_minutes=lead, muted=[], at=EARLY)
    plan(programme)
    assert [due for _name, _code, due, _why in planned()] == [
        PLENARY - timedelta(minutes=minutes) for minutes in dues
    ]


def test_a_rule_for_a_kind_or_for_one_session_adds_to_the_others(programme, hour_before, amina):
    ReminderRule.objects.create(assembly=programme, minutes=10, kind="plenary")
    ReminderRule.objects.create(assembly=programme, minutes=5, kind="panel")
    session = Session.objects.get(code="PLEN01")
    ReminderRule.objects.create(assembly=programme, minutes=30, session=session)
    plan(programme)
    assert [(PLENARY - due).seconds // 60 for _name, _code, due, _why in planned()] == [60, 30, 10]


def test_a_mail_says_what_when_where_and_why(programme, hour_before, amina):
    plan(programme)
    assert send(programme) == 1
    message = Message.objects.get()
    assert (message.to_email, message.subject) == ("amina@police.example", "09:30 Lomond: Plenary")
    assert message.text.startswith(
        "Plenary\nTuesday 5 November, 09:30–10:30 (Glasgow time)\nLomond, SEC Centre\n"
    )
    assert "For Amina Diallo. You are expected at this session." in message.text
    assert "/my/settings/" in message.text
    assert message.unsubscribe in message.text
    assert (message.expires_at, message.about, message.when_in_doubt) == (
        PLENARY,
        "PLEN01",
        "resend",
    )
    notice = Notice.objects.get()
    assert (notice.subject, notice.session_code) == ("09:30 Lomond: Plenary", "PLEN01")
    assert notice.text.endswith("Your schedule: http://127.0.0.1:8000/my/")


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "heure locale, Glasgow"), ("es", "hora de Glasgow"), ("ar", "Glasgow")],
)
def test_it_is_written_in_the_readers_language(programme, hour_before, amina, language, words):
    itineraries.choose_language(person=amina, user=amina.user, language=language, at=EARLY)
    plan(programme)
    send(programme)
    message = Message.objects.get()
    assert words in message.text
    assert f"/{language}/my/" in message.text
    assert f'lang="{language}"' in message.html


def test_whoever_has_no_address_or_declined_finds_it_under_messages(programme, hour_before, chile):
    delegate_of(chile, "No Address")
    muted = delegate_of(chile, "Wants None", email="none@police.example").person
    itineraries.mute(person=muted, topic="reminders", at=EARLY)
    plan(programme)
    assert send(programme) == 2
    assert Message.objects.count() == 0
    assert sorted(Notice.objects.values_list("person__display_name", flat=True)) == [
        "No Address",
        "Wants None",
    ]


def test_a_session_that_moves_takes_its_reminder_along(programme, hour_before, amina):
    plan(programme)
    change(programme, "PLEN01", starts_at=PLENARY + timedelta(hours=2))
    assert plan(programme) is True
    assert planned() == [
        ("Amina Diallo", "PLEN01", HALF_PAST_EIGHT + timedelta(hours=2), Why.MANDATORY)
    ]


def test_one_that_moves_up_is_reminded_of_at_once(programme, hour_before, amina):
    plan(programme)
    at = PLENARY - timedelta(hours=2)
    edit(programme, "PLEN01", at=at, starts_at=at + timedelta(minutes=20))
    plan(programme, at)
    assert send(programme, at) == 1
    assert subjects() == [("amina@police.example", "07:50 Lomond: Plenary")]


def test_saving_a_session_after_its_time_reminds_nobody(programme, hour_before, amina):
    plan(programme)
    session = Session.objects.get(code="PANEL1")
    at = PANEL - timedelta(minutes=30)
    plan(programme, at - timedelta(seconds=5))
    itineraries.save_session(person=amina, session=session, at=at)
    plan(programme, at)
    assert [code for _name, code, _due, _why in planned()] == ["PLEN01"]


def test_a_cancelled_session_reminds_nobody(programme, hour_before, amina):
    plan(programme)
    change(programme, "PLEN01", status="cancelled")
    plan(programme)
    assert planned() == []


def test_whoever_was_withdrawn_is_not_reminded(programme, hour_before, chile):
    delegate = delegate_of(chile, "Leaves Early", email="l@police.example")
    plan(programme)
    withdraw(delegate=delegate, by=None, at=EARLY)
    plan(programme)
    assert planned() == []


def test_nothing_is_sent_after_a_session_began(programme, hour_before, amina):
    plan(programme)
    assert send(programme, PLENARY) == 1
    assert Message.objects.count() == 0
    assert Reminder.objects.get().state == ReminderState.MISSED


def test_two_hours_of_standstill_send_what_is_still_true(programme, hour_before, amina):
    session = Session.objects.get(code="PANEL1")
    itineraries.save_session(person=amina, session=session, at=EARLY)
    plan(programme)
    at = PLENARY + timedelta(minutes=10)
    assert send(programme, at) == 2
    assert subjects() == [("amina@police.example", "10:35 Armadillo: Panel")]


def test_a_clock_that_goes_back_two_hours_sends_nothing_twice(programme, hour_before, amina):
    plan(programme)
    send(programme)
    back = HALF_PAST_EIGHT - timedelta(hours=2)
    plan(programme, back)
    services.plan(assembly=programme, at=back, always=True)
    assert (send(programme, back), send(programme)) == (0, 0)
    assert Message.objects.count() == 1


def test_no_old_time_leaves_after_the_commit(programme, hour_before, amina):
    plan(programme)
    send(programme)
    token, [claimed] = delivery.claim(at=HALF_PAST_EIGHT)
    change(programme, "PLEN01", starts_at=PLENARY + timedelta(hours=2))

    assert delivery.step(token=token, results=[], following=[claimed], at=HALF_PAST_EIGHT) == []
    assert Message.objects.get().state == State.CANCELLED
    assert Notice.objects.shown(HALF_PAST_EIGHT).count() == 0


def test_one_that_moved_away_and_back_is_reminded_of_after_all(programme, hour_before, amina):
    plan(programme)
    send(programme)
    Message.objects.update(state=State.CANCELLED)
    services.plan(assembly=programme, at=HALF_PAST_EIGHT, always=True)
    assert send(programme, HALF_PAST_EIGHT + timedelta(seconds=5)) == 1
    assert sorted(Message.objects.values_list("state", flat=True)) == [
        State.CANCELLED,
        State.QUEUED,
    ]


def test_the_mail_server_gets_it(programme, hour_before, amina, settings):
    from tests.conftest import free_port  # noqa: PLC0415
    from tests.sink import Sink, listening  # noqa: PLC0415

    plan(programme)
    send(programme)
    port = free_port()
    settings.EMAIL_BACKEND = settings.SMTP_BACKEND
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    with listening(Sink(), port) as sink:
        assert pump.run(lambda: HALF_PAST_EIGHT) == 1
    [(address, mail)] = sink.mails
    assert (address, mail["Subject"]) == ("amina@police.example", "09:30 Lomond: Plenary")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_planning_and_sending_cost_the_same_for_one_and_for_many(
    programme, hour_before, chile, django_assert_num_queries
):
    delegate_of(chile, "Person 0", email="p0@police.example")
    with django_assert_num_queries(21):
        plan(programme)
    with django_assert_num_queries(17):
        send(programme)
    Reminder.objects.all().delete()
    Notice.objects.all().delete()
    Message.objects.all().delete()
    other = delegation_of("PE", region="Americas", seats=40)
    for number in range(1, 30):
        delegate_of(other, f"Person {number}", email=f"p{number}@police.example")
    with django_assert_num_queries(21):
        plan(programme)
    with django_assert_num_queries(17):
        assert send(programme) == 30


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_plan_and_send_each_reminder_once(programme, hour_before):
    many = delegation_of("PE", region="Americas", seats=40)
    for number in range(20):
        delegate_of(many, f"Person {number}", email=f"p{number}@police.example")
    race(*[partial(plan, programme)] * 3)
    assert Reminder.objects.count() == 20
    race(*[partial(send, programme)] * 3)
    assert Message.objects.count() == Notice.objects.count() == 20
    assert User.objects.count() == 20


def test_rules_come_once_with_the_first_plan(programme):
    plan(programme)
    ReminderRule.objects.all().delete()
    services.plan(assembly=programme, at=EARLY, always=True)
    assert (ReminderRule.objects.count(), PlanMark.objects.count()) == (0, 1)
