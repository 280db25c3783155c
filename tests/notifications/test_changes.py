"""Changes are told once, with old and new, to those concerned, as far as they may know."""

from datetime import UTC, datetime, timedelta
from functools import partial

import icalendar
import pytest

from assembly.itineraries import services as itineraries
from assembly.notifications import services
from assembly.notifications.models import Notice, Told
from assembly.outbox.models import Message
from assembly.programme.models import Session
from assembly.programme.services import save_session
from tests.factories import delegate_of, delegation_of
from tests.itineraries.conftest import change, republish
from tests.notifications.conftest import subjects, work_out
from tests.racing import race

pytestmark = pytest.mark.django_db
PUBLISHED = datetime(2024, 11, 5, 12, 0, tzinfo=UTC)  # when `change` publishes
LATER = PUBLISHED + timedelta(minutes=2)
TOMORROW = datetime(2024, 11, 6, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _told(programme):
    """The first publication was told long ago."""
    Told.objects.create(assembly=programme, number=1)


@pytest.fixture
def tomorrow(programme, amina):
    """The plenary is tomorrow, and everybody knows."""
    change(programme, "PLEN01", starts_at=TOMORROW)
    Told.objects.update(number=2)
    return programme


def tell(assembly, at=LATER) -> int:
    work_out(assembly)
    return services.tell(assembly=assembly, at=at)


def test_a_session_that_moved_is_told_with_old_and_new_and_a_calendar_file(tomorrow):
    change(tomorrow, "PLEN01", starts_at=TOMORROW + timedelta(hours=1))

    assert tell(tomorrow) == 1

    message = Message.objects.get()
    assert message.subject == "Time changed: Plenary, 6 November, 10:30, Lomond"
    assert "was Wed 6 November, 09:30–10:30" in message.text
    assert "Wed 6 November, 10:30–11:30, Lomond" in message.text
    assert "<s>Wed 6 November, 09:30–10:30</s>" in message.html
    [event] = icalendar.Calendar.from_ical(message.calendar).walk("VEVENT")
    session = Session.objects.get(code="PLEN01")
    assert (str(event["uid"]), event["sequence"], event["dtstart"].dt) == (
        f"{session.uuid}@general-assembly",
        2,
        TOMORROW + timedelta(hours=1),
    )
    assert Notice.objects.get().subject == message.subject


def test_nobody_is_told_twice(tomorrow):
    change(tomorrow, "PLEN01", minutes=50)
    assert (tell(tomorrow), tell(tomorrow)) == (1, 0)


def test_several_publications_soon_after_each_other_make_one_mail(tomorrow):
    change(tomorrow, "PLEN01", starts_at=TOMORROW + timedelta(hours=1))
    change(tomorrow, "PLEN01", minutes=50)
    assert tell(tomorrow, PUBLISHED + timedelta(minutes=1)) == 0
    assert tell(tomorrow) == 1
    assert "was Wed 6 November, 09:30–10:30" in Message.objects.get().text
    assert "Wed 6 November, 10:30–11:20, Lomond" in Message.objects.get().text


def test_what_came_out_even_is_not_told(tomorrow):
    change(tomorrow, "PLEN01", starts_at=TOMORROW + timedelta(hours=1))
    change(tomorrow, "PLEN01", starts_at=TOMORROW)
    assert tell(tomorrow) == 0
    assert Message.objects.count() == 0


def test_a_quiet_publication_is_not_told_and_not_made_up_for_later(tomorrow):
    session = Session.objects.get(code="PLEN01")
    session.minutes = 50
    save_session(session=session, based_on=session.version, by=None, at=PUBLISHED)
    republish(tomorrow, tell=False)
    assert tell(tomorrow) == 0
    change(tomorrow, "PANEL1", minutes=45)
    assert tell(tomorrow) == 0, "the panel concerns nobody"


def test_only_those_concerned_are_told(tomorrow, chile):
    other = delegate_of(delegation_of("FJ", region="Asia-Pacific"), "Saved It", email="s@a.example")
    session = Session.objects.get(code="PANEL1")
    itineraries.save_session(person=other.person, session=session, at=PUBLISHED)
    change(tomorrow, "PANEL1", starts_at=TOMORROW)
    assert tell(tomorrow) == 1
    assert subjects() == [("s@a.example", "Time changed: Panel, 6 November, 09:30, Armadillo")]


def test_a_cancelled_and_a_removed_session_are_named_and_leave_the_calendar(tomorrow):
    change(tomorrow, "PLEN01", status="cancelled")
    tell(tomorrow)
    message = Message.objects.get()
    assert message.subject == "Cancelled: Plenary, 6 November, 09:30, Lomond"
    [event] = icalendar.Calendar.from_ical(message.calendar).walk("VEVENT")
    assert (str(event["status"]), str(event["summary"])) == ("CANCELLED", "CANCELLED: Plenary")


def test_a_session_that_is_hidden_from_somebody_now_is_removed_for_them(tomorrow):
    change(tomorrow, "PLEN01", listing="organisers", title="Secret title")
    tell(tomorrow)
    message = Message.objects.get()
    assert message.subject == "Removed: Plenary, 6 November, 09:30, Lomond"
    assert "Secret" not in message.text + message.html + message.calendar


def test_the_first_publication_is_told_as_such(programme, amina):
    Told.objects.update(number=0)
    assert tell(programme, PUBLISHED) == 1
    message = Message.objects.get()
    assert message.subject == "The programme of General Assembly 92 is published"
    assert message.calendar == ""


def test_what_was_published_long_before_is_no_news(programme, amina):
    Told.objects.all().delete()
    assert tell(programme, PUBLISHED) == 0
    assert Told.objects.get().number == 1


def test_many_are_told_at_the_cost_of_one(tomorrow, chile, django_assert_num_queries):
    change(tomorrow, "PLEN01", minutes=50)
    work_out(tomorrow)
    with django_assert_num_queries(22):
        assert services.tell(assembly=tomorrow, at=LATER) == 1
    other = delegation_of("PE", region="Americas", seats=40)
    for number in range(30):
        delegate_of(other, f"Person {number}", email=f"p{number}@police.example")
    change(tomorrow, "PLEN01", minutes=40)
    work_out(tomorrow)
    with django_assert_num_queries(22):
        assert services.tell(assembly=tomorrow, at=LATER) == 31


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_each_person_once(tomorrow):
    change(tomorrow, "PLEN01", minutes=50)
    work_out(tomorrow)
    results = race(*[partial(services.tell, assembly=tomorrow, at=LATER)] * 3)
    assert sorted(results) == [0, 0, 1]
    assert Message.objects.count() == Notice.objects.count() == 1


@pytest.mark.parametrize("fields", [{"expected": 7}, {"media_escort": "Desk"}])
def test_what_only_organisers_plan_with_is_no_news(tomorrow, fields):
    change(tomorrow, "PLEN01", **fields)
    assert tell(tomorrow) == 0


def test_a_new_title_is_told_with_the_old_one(tomorrow):
    change(tomorrow, "PLEN01", title_en="Another title")
    tell(tomorrow)
    message = Message.objects.get()
    assert "Another title\nwas called “Plenary”" in message.text
    assert "<bdi>Plenary</bdi></s>" in message.html


@pytest.mark.parametrize("embargo", [None, datetime(2024, 11, 3, tzinfo=UTC)])
def test_a_session_that_was_seen_and_is_hidden_is_told_whether_it_had_an_embargo_or_not(
    tomorrow, embargo
):
    change(tomorrow, "PLEN01", embargo_until=embargo, minutes=50)
    Told.objects.update(number=tomorrow.revisions.count())
    change(tomorrow, "PLEN01", listing="organisers")
    assert tell(tomorrow) == 1


def test_an_embargo_that_was_extended_is_kept(tomorrow):
    change(tomorrow, "PLEN01", embargo_until=PUBLISHED + timedelta(days=3), title_en="Secret")
    tell(tomorrow)
    assert all("Secret" not in message.text for message in Message.objects.all())
