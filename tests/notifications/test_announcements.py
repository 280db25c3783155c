"""Announcements: exactly the people meant, typed count, and everything that can stop them."""

import time
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from assembly.core.errors import NotAllowed, StaleState
from assembly.core.models import AuditEntry
from assembly.itineraries import services as itineraries
from assembly.notifications import services
from assembly.notifications.choices import AnnouncementState
from assembly.notifications.models import Announcement, Notice
from assembly.notifications.selectors.audience import Audience, recipients
from assembly.notifications.selectors.inbox import progress
from assembly.outbox import pump
from assembly.outbox import services as outbox
from assembly.outbox.choices import Outcome, Phase, Priority, State
from assembly.outbox.models import DeliveryAttempt, Message
from assembly.outbox.rules import Answer
from assembly.outbox.services import delivery
from assembly.people.choices import CapacityKind
from assembly.people.services import take_capacity
from assembly.programme.models import Session
from tests.conftest import NOON
from tests.factories import (
    DelegationFactory,
    ObserverFactory,
    PersonFactory,
    delegate_of,
    delegation_of,
)
from tests.racing import race, type_names

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(programme, chile, amina, make_user):
    """A delegate, a head of another region, an observer, a reporter, a focal point."""
    france = delegation_of("FR", region="Europe")
    delegate_of(france, "Head France", email="head@police.example", is_head=True)
    observers = DelegationFactory(country=None, organisation=ObserverFactory(), may_vote=False)
    delegate_of(observers, "Olga Observer", email="olga@org.example")
    reporter = PersonFactory(display_name="Rita Reporter", email="rita@news.example")
    take_capacity(person=reporter, assembly=programme, kind=CapacityKind.MEDIA, by=None, at=NOON)
    focal = make_user("focal_point", "focal@chile.example", name="Focal Point")
    chile.focal_points.add(focal)
    return programme


def names(assembly, **choice) -> list[str]:
    found = recipients(assembly, Audience.of(choice), NOON)
    return [one.recipient.name for one in found.people]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({}, []),
        (
            {"everybody": True},
            ["Amina Diallo", "Head France", "Olga Observer", "Rita Reporter"],
        ),
        ({"groups": ["delegate"]}, ["Amina Diallo", "Head France"]),
        ({"groups": ["head"]}, ["Head France"]),
        ({"groups": ["observer", "media"]}, ["Olga Observer", "Rita Reporter"]),
        ({"groups": ["focal_point"]}, ["Focal Point"]),
        ({"groups": ["focal_point", "head"]}, ["Focal Point", "Head France"]),
        ({"regions": ["Americas"]}, ["Amina Diallo"]),
        ({"regions": ["Americas"], "groups": ["head"]}, []),
        ({"regions": ["Americas"], "groups": ["focal_point"]}, ["Focal Point"]),
        ({"delegations": ["FR", "EUROPOL"]}, ["Head France", "Olga Observer"]),
        ({"sessions": ["PLEN01"]}, ["Amina Diallo", "Head France"]),
        ({"sessions": ["PANEL1"]}, ["Olga Observer"]),
        ({"rooms": ["ARMADILLO"]}, ["Olga Observer"]),
        ({"days": ["2024-11-05"]}, ["Amina Diallo", "Head France", "Olga Observer"]),
        ({"days": ["2024-11-06"]}, []),
        ({"days": ["2024-11-05"], "regions": ["Europe"]}, ["Head France"]),
    ],
)
def test_exactly_the_people_chosen(people, choice, expected):
    from assembly.people.models import Person  # noqa: PLC0415

    olga = Person.objects.get(display_name="Olga Observer")
    session = Session.objects.get(code="PANEL1")
    itineraries.save_session(person=olga, session=session, at=NOON)
    assert names(people, **choice) == expected


def draft(assembly, by, **fields) -> Announcement:
    content = {
        "subject_en": "Buses at 17:00 for {name}",
        "body_en": "They leave from the east door.\n<b>{delegation}</b>",
        "audience": {"groups": ["delegate"]},
        **fields,
    }
    return services.save(
        announcement=None, assembly=assembly, fields=content, based_on=0, by=by, at=NOON
    )


def confirm(announcement, by, count=2, at=NOON) -> int:
    found = recipients(
        announcement.assembly, Audience.of(announcement.audience), at, safety=announcement.safety
    )
    return services.confirm(
        announcement=announcement,
        version=announcement.version,
        digest=found.digest,
        count=count,
        by=by,
        at=at,
    )


def states() -> dict[str, str]:
    return dict(Message.objects.values_list("to_email", "state"))


def test_it_leaves_a_minute_after_it_was_confirmed(people, organiser):
    announcement = draft(people, organiser)
    assert Message.objects.count() == 0
    assert confirm(announcement, organiser) == 2

    assert list(
        Message.objects.order_by("to_email").values_list("to_email", "subject", "not_before")
    ) == [
        ("amina@police.example", "Buses at 17:00 for Amina Diallo", NOON + timedelta(seconds=60)),
        ("head@police.example", "Buses at 17:00 for Head France", NOON + timedelta(seconds=60)),
    ]
    message = Message.objects.get(to_email="amina@police.example")
    assert "&lt;b&gt;<bdi>Country CL</bdi>&lt;/b&gt;" in message.html
    assert (message.priority, message.when_in_doubt) == (Priority.BULK, "ask")
    assert message.unsubscribe.startswith("http://127.0.0.1:8000/mail/unsubscribe/")
    assert Notice.objects.shown(NOON).count() == 0
    assert Notice.objects.shown(NOON + timedelta(seconds=60)).count() == 2
    entry = AuditEntry.objects.get(verb="announcement confirmed")
    assert entry.facts == {"recipients": 2, "safety": False}


def test_it_leaves_at_its_time(people, organiser):
    evening = datetime(2024, 11, 5, 18, 0, tzinfo=UTC)
    confirm(draft(people, organiser, send_at=evening), organiser)
    assert set(Message.objects.values_list("not_before", flat=True)) == {evening}


def test_each_reads_it_in_their_language_or_in_the_first_written(people, organiser, amina):
    itineraries.choose_language(person=amina, user=amina.user, language="fr", at=NOON)
    announcement = draft(people, organiser, subject_fr="Bus à 17 h", body_fr="À la porte est.")
    confirm(announcement, organiser)
    assert dict(Message.objects.values_list("to_email", "subject")) == {
        "amina@police.example": "Bus à 17 h",
        "head@police.example": "Buses at 17:00 for Head France",
    }


def test_whoever_declined_finds_it_under_messages_but_a_safety_message_comes_by_mail(
    people, organiser, amina
):
    itineraries.mute(person=amina, topic="announcements", at=NOON)
    confirm(draft(people, organiser), organiser)
    assert states() == {"head@police.example": State.QUEUED}
    assert Notice.objects.count() == 2

    confirm(draft(people, organiser, safety=True), organiser)
    safety = Message.objects.filter(priority=Priority.URGENT).order_by("to_email")
    assert list(safety.values_list("to_email", "unsubscribe")) == [
        ("amina@police.example", ""),
        ("head@police.example", ""),
    ]


def test_another_count_another_list_and_another_text_are_refused(people, organiser, chile):
    announcement = draft(people, organiser)
    with pytest.raises(NotAllowed, match="Type 2 to confirm"):
        confirm(announcement, organiser, count=3)
    found = recipients(people, Audience.of(announcement.audience), NOON)
    delegate_of(chile, "Comes Late", email="late@police.example")
    with pytest.raises(StaleState, match="The list of recipients changed"):
        services.confirm(
            announcement=announcement,
            version=1,
            digest=found.digest,
            count=2,
            by=organiser,
            at=NOON,
        )
    services.save(
        announcement=announcement,
        assembly=people,
        fields={"subject_en": "Other"},
        based_on=1,
        by=organiser,
        at=NOON,
    )
    with pytest.raises(StaleState):
        services.confirm(
            announcement=announcement,
            version=1,
            digest=recipients(people, Audience.of(announcement.audience), NOON).digest,
            count=3,
            by=organiser,
            at=NOON,
        )
    assert Message.objects.count() == 0


def test_nobody_chosen_is_nobody_told(people, organiser):
    announcement = draft(people, organiser, audience={"regions": ["Africa"]})
    with pytest.raises(NotAllowed, match="Nobody is chosen"):
        confirm(announcement, organiser, count=0)


def test_paused_resumed_and_dropped(people, organiser, settings):
    from tests.conftest import free_port  # noqa: PLC0415
    from tests.sink import Sink, listening  # noqa: PLC0415

    announcement = draft(people, organiser)
    confirm(announcement, organiser)
    services.pause(announcement=announcement, by=organiser, at=NOON)
    announcement.refresh_from_db()
    port = free_port()
    settings.EMAIL_BACKEND = settings.SMTP_BACKEND
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    with listening(Sink(), port) as sink:
        later = NOON + timedelta(minutes=5)
        assert pump.run(lambda: later) == 0
        assert Notice.objects.shown(later).count() == 0
        Message.objects.filter(to_email="head@police.example").update(held=False)
        assert pump.run(lambda: later) == 1
    assert [address for address, _mail in sink.mails] == ["head@police.example"]
    assert services.cancel(announcement=announcement, by=organiser, at=later) == 1
    assert states() == {
        "amina@police.example": State.CANCELLED,
        "head@police.example": State.SENT,
    }
    assert Notice.objects.shown(later).count() == 1, "it went to one person before"
    announcement.refresh_from_db()
    with pytest.raises(StaleState):
        services.go_on(announcement=announcement, by=organiser, at=later)
    found = progress(announcement)
    assert (found.sent, found.waiting, found.dropped, found.inbox) == (1, 0, 1, 0)


def test_a_test_goes_to_oneself_in_each_language_and_nowhere_else(people, organiser):
    announcement = draft(people, organiser, subject_ar="حافلات", body_ar="من الباب الشرقي.")
    assert services.send_test(announcement=announcement, by=organiser, at=NOON) == 2
    assert set(Message.objects.values_list("to_email", "language")) == {
        (organiser.email, "en"),
        (organiser.email, "ar"),
    }
    assert sorted(Message.objects.values_list("subject", flat=True)) == [
        "[Test] Buses at 17:00 for Organiser",
        "[Test] حافلات",
    ]
    assert Notice.objects.count() == 0


def test_failed_ones_are_tried_again(people, organiser):
    announcement = draft(people, organiser)
    confirm(announcement, organiser)
    Message.objects.filter(to_email="head@police.example").update(state=State.FAILED)
    assert services.retry(announcement=announcement, by=organiser, at=NOON) == 1
    assert set(states().values()) == {State.QUEUED}


def test_confirming_costs_the_same_for_two_and_for_many(
    people, organiser, django_assert_num_queries
):
    announcement = draft(people, organiser)
    with django_assert_num_queries(16):
        confirm(announcement, organiser)
    many = delegation_of("PE", region="Americas", seats=40)
    for number in range(30):
        delegate_of(many, f"Person {number}", email=f"p{number}@police.example")
    announcement = draft(people, organiser)
    with django_assert_num_queries(16):
        confirm(announcement, organiser, count=32)


@pytest.mark.django_db(transaction=True)
def test_two_organisers_who_confirm_at_once_send_it_once(people, organiser, make_user):
    other = make_user("organiser", "second@assembly.example")
    announcement = draft(people, organiser)
    results = race(*[partial(confirm, announcement, by) for by in (organiser, other)])
    assert type_names(results) == ["StaleState", "int"]
    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_pausing_and_dropping_at_once_leaves_one_of_them(people, organiser):
    announcement = draft(people, organiser)
    confirm(announcement, organiser)
    race(
        partial(services.pause, announcement=announcement, by=organiser, at=NOON),
        partial(services.cancel, announcement=announcement, by=organiser, at=NOON),
    )
    state = Announcement.objects.get().state
    dropped = Message.objects.filter(state=State.CANCELLED).count()
    assert (state, dropped) in [
        (AnnouncementState.CANCELLED, 2),
        (AnnouncementState.PAUSED, 0),
    ]


@pytest.mark.parametrize("what", ["pause", "cancel"])
def test_failed_ones_of_a_stopped_announcement_stay(people, organiser, what):
    announcement = draft(people, organiser)
    confirm(announcement, organiser)
    Message.objects.update(state=State.FAILED)
    getattr(services, what)(announcement=announcement, by=organiser, at=NOON)
    with pytest.raises(StaleState):
        services.retry(announcement=announcement, by=organiser, at=NOON)
    assert set(states().values()) == {State.FAILED}


def test_what_was_being_handed_over_when_it_was_dropped_is_not_tried_again(people, organiser):
    announcement = draft(people, organiser)
    confirm(announcement, organiser)
    later = NOON + timedelta(minutes=2)
    token, claimed = delivery.claim(at=later)
    going = delivery.step(token=token, results=[], following=claimed, at=later)
    services.cancel(announcement=announcement, by=organiser, at=later)
    deferred = Answer(Outcome.LATER, Phase.DATA, "451 later")
    results = [delivery.Result(message, deferred) for message in going]
    delivery.step(token=token, results=results, following=[], at=later)
    delivery.expire(at=later)
    assert set(states().values()) == {State.FAILED}


def test_a_pause_of_days_loses_nothing(people, organiser):
    announcement = draft(people, organiser)
    confirm(announcement, organiser)
    services.pause(announcement=announcement, by=organiser, at=NOON)
    later = NOON + timedelta(days=4)
    delivery.expire(at=later)
    announcement.refresh_from_db()
    services.go_on(announcement=announcement, by=organiser, at=later)
    delivery.expire(at=later + timedelta(minutes=1))
    assert set(states().values()) == {State.QUEUED}


def test_figures_stay_what_they_were_when_one_is_sent_once_more(people, organiser):
    announcement = draft(people, organiser)
    confirm(announcement, organiser)
    Message.objects.update(state=State.SENT)
    outbox.resend(message=Message.objects.first(), by=organiser, reason="Asked", at=NOON)
    found = progress(announcement)
    assert (found.sent, found.waiting, found.inbox) == (2, 0, 0)


def test_erased_people_are_not_tried_again(people, organiser, amina):
    announcement = draft(people, organiser)
    confirm(announcement, organiser)
    Message.objects.update(state=State.FAILED)
    message = Message.objects.get(to_email="amina@police.example")
    DeliveryAttempt.objects.create(
        message=message, at=NOON, outcome="refused", answer="550 5.1.1 <amina@police.example>"
    )
    outbox.forget(user_id=message.user_id)
    assert DeliveryAttempt.objects.get().answer == ""
    assert services.retry(announcement=announcement, by=organiser, at=NOON) == 1


def test_a_time_that_has_passed_is_refused(people, organiser):
    announcement = draft(people, organiser, send_at=NOON - timedelta(days=1))
    with pytest.raises(NotAllowed, match="is past"):
        confirm(announcement, organiser)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("stop", ["pause", "cancel"])
def test_stopping_and_sending_at_once_never_wait_for_each_other_in_a_ring(
    people, organiser, monkeypatch, stop
):
    many = delegation_of("PE", region="Americas", seats=60)
    for number in range(30):
        delegate_of(many, f"Person {number}", email=f"p{number}@police.example")
    announcement = draft(people, organiser)
    confirm(announcement, organiser, count=32)
    later = NOON + timedelta(minutes=2)
    token, claimed = delivery.claim(at=later)
    going = delivery.step(token=token, results=[], following=claimed[20:30], at=later)
    accepted = Answer(Outcome.ACCEPTED, "", "250")
    results = [delivery.Result(message, accepted) for message in going]
    original = delivery._last_look

    def slowly(messages):
        time.sleep(0.5)
        return original(messages)

    monkeypatch.setattr(delivery, "_last_look", slowly)

    def send():
        return delivery.step(token=token, results=results, following=claimed[:10], at=later)

    def stops():
        time.sleep(0.2)
        return getattr(services, stop)(announcement=announcement, by=organiser, at=later)

    assert [r for r in race(send, stops) if isinstance(r, Exception)] == []
    assert Message.objects.filter(state=State.SENT).count() == 10
