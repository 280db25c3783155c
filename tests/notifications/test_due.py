"""The last look: what has changed since a reminder was written keeps it from leaving."""

from datetime import UTC, datetime, timedelta

import pytest

from assembly.core.errors import NotAllowed
from assembly.notifications import services
from assembly.notifications.choices import When
from assembly.notifications.models import PlanMark, ReminderRule
from assembly.notifications.selectors.due import still_true
from assembly.notifications.services import reminders
from assembly.outbox import pump
from assembly.outbox import services as outbox
from assembly.outbox.choices import State
from assembly.outbox.models import Message
from assembly.people.models import Capacity
from assembly.programme.models import Session
from tests.conftest import NOON, free_port
from tests.factories import delegate_of
from tests.notifications.conftest import EARLY, HALF_PAST_EIGHT, edit, plan
from tests.sink import Sink, listening

pytestmark = pytest.mark.django_db
PLENARY = datetime(2024, 11, 5, 9, 30, tzinfo=UTC)
LATER = HALF_PAST_EIGHT + timedelta(minutes=10)


@pytest.fixture(autouse=True)
def sink(settings):
    port = free_port()
    settings.EMAIL_BACKEND = settings.SMTP_BACKEND
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    with listening(Sink(), port) as handler:
        yield handler


@pytest.fixture
def written(programme, hour_before, amina):
    """A reminder waits in the outbox."""
    plan(programme)
    services.send(assembly=programme, at=HALF_PAST_EIGHT)
    return programme


def run(at=LATER) -> int:
    return pump.run(lambda: at)


@pytest.mark.parametrize(
    "fields",
    [
        {"listing": "organisers"},
        {"embargo_until": NOON + timedelta(days=20000)},
        {"mandatory": ""},
        {"status": "cancelled"},
        {"starts_at": PLENARY + timedelta(hours=1)},
    ],
)
def test_what_no_longer_concerns_somebody_does_not_leave(written, fields):
    edit(written, "PLEN01", at=HALF_PAST_EIGHT, **fields)
    plan(written, LATER)
    assert run() == 0


def test_a_session_that_was_hidden_once_and_is_shown_now_is_reminded_of(
    programme, hour_before, amina
):
    edit(programme, "PLEN01", at=EARLY, listing="organisers")
    edit(programme, "PLEN01", at=EARLY, listing="public", embargo_until=EARLY)
    plan(programme)
    services.send(assembly=programme, at=HALF_PAST_EIGHT)
    assert run() == 1


def test_whoever_was_withdrawn_meanwhile_gets_no_reminder(written):
    Capacity.objects.update(ended_at=HALF_PAST_EIGHT)
    plan(written, LATER)
    assert run() == 0


def test_a_session_in_another_room_is_reminded_of_with_the_new_one(written, sink):
    edit(written, "PLEN01", at=HALF_PAST_EIGHT, room=Session.objects.get(code="SOCIAL").room)
    assert run() == 0
    plan(written, LATER)
    services.send(assembly=written, at=LATER)
    assert run() == 1
    assert [mail["Subject"] for _address, mail in sink.mails] == ["09:30 Hall5: Plenary"]


def test_a_letter_is_never_older_than_what_its_reminder_says(
    programme, hour_before, chile, amina, monkeypatch
):
    delegate_of(chile, "Second Person", email="second@police.example")
    plan(programme)
    monkeypatch.setattr(reminders, "AT_ONCE", 1)
    original = reminders._send_some
    calls: list[int] = []

    def between(assembly, at):
        if len(calls) == 1:
            hall = Session.objects.get(code="SOCIAL").room
            edit(assembly, "PLEN01", at=HALF_PAST_EIGHT, room=hall)
            plan(assembly, HALF_PAST_EIGHT)
        calls.append(1)
        return original(assembly, at)

    monkeypatch.setattr(reminders, "_send_some", between)
    services.send(assembly=programme, at=HALF_PAST_EIGHT)
    mails = dict(Message.objects.values_list("subject", "pk"))
    assert sorted(mails) == ["09:30 Hall5: Plenary", "09:30 Lomond: Plenary"]
    assert still_true(list(mails.values())) == {mails["09:30 Hall5: Plenary"]}


def test_what_an_organiser_sends_once_more_leaves(written, organiser):
    run()
    message = Message.objects.get()
    again = outbox.resend(message=message, by=organiser, reason="She asked", at=LATER)
    assert run() == 1
    again.refresh_from_db()
    assert (again.state, again.expires_at) == (State.SENT, PLENARY)


@pytest.mark.parametrize("state", [State.FAILED, State.SENT])
def test_a_reminder_is_never_sent_after_the_session_began(written, organiser, state):
    Message.objects.update(state=state)
    with pytest.raises(NotAllowed, match="its time has passed"):
        outbox.resend(message=Message.objects.get(), by=organiser, reason="She asked", at=PLENARY)


@pytest.fixture
def eve(programme, amina):
    """The mail of the evening before waits in the outbox."""
    PlanMark.objects.create(assembly=programme)
    ReminderRule.objects.create(assembly=programme, when=When.EVENING)
    programme.first_day = PLENARY.date()
    programme.save()
    plan(programme, EARLY - timedelta(days=2))
    six = datetime(2024, 11, 4, 18, tzinfo=UTC)
    assert services.send(assembly=programme, at=six) == 1
    assert Message.objects.get().subject == "Tomorrow, 09:30, Lomond: the General Assembly begins"
    return programme


def test_the_evening_mail_does_not_say_tomorrow_on_the_day(eve):
    assert run(eve.starts_at + timedelta(minutes=1)) == 0


def test_the_evening_mail_is_written_anew_after_a_publication(eve):
    six = datetime(2024, 11, 4, 18, tzinfo=UTC)
    Message.objects.update(created_at=six)
    edit(eve, "PLEN01", at=six + timedelta(minutes=1), starts_at=PLENARY + timedelta(minutes=7))
    later = six + timedelta(minutes=2)
    assert run(later) == 0
    plan(eve, later)
    services.send(assembly=eve, at=later)
    Message.objects.filter(state=State.QUEUED).update(created_at=later)
    assert run(later) == 1
    assert Message.objects.get(state=State.SENT).subject.startswith("Tomorrow, 09:37")
