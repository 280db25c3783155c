"""Messages under /my/, the way out of mails, and the organisers' pages, with hostile input too."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client

from assembly.itineraries.models import Itinerary
from assembly.notifications import notices, services
from assembly.notifications.choices import AlertKind, Kind
from assembly.notifications.models import Alert, Announcement, Notice, ReminderRule, Wording
from assembly.outbox.choices import State
from assembly.outbox.models import DeliveryAttempt, Message, Pulse
from assembly.people.models import Person
from assembly.people.services import erase
from tests.conftest import NOON
from tests.factories import AssemblyFactory, PersonFactory, delegate_of
from tests.notifications.conftest import EARLY, edit, plan

pytestmark = pytest.mark.django_db
LIST = "/organise/announcements/"


@pytest.fixture(autouse=True)
def _at_seven():
    with time_machine.travel(EARLY, tick=False):
        yield


def notice(person, subject="Buses at 17:00", **fields) -> Notice:
    fields.setdefault("visible_from", EARLY)
    return Notice.objects.create(
        assembly=AssemblyFactory(),
        person=person,
        kind=Kind.ANNOUNCEMENT,
        language="en",
        subject=subject,
        text="East door.\n<script>x</script>",
        **fields,
    )


def text(response) -> str:
    return unescape(response.content.decode())


# Readers


def test_messages_are_listed_counted_and_read(phone, member):
    first, _second = notice(member.person), notice(member.person, "Second")
    notice(member.person, "Tomorrow", visible_from=EARLY + timedelta(days=1))
    page = text(phone.get("/my/messages/"))
    assert ("Buses at 17:00" in page, "Second" in page, "Tomorrow" in page) == (True, True, False)
    assert "2 new" in text(phone.get("/my/messages/unread/"))

    shown = phone.get(f"/my/messages/{first.uuid}/")
    assert "&lt;script&gt;" in shown.content.decode()
    assert "1 new" in text(phone.get("/my/messages/unread/"))
    assert phone.post("/my/messages/").status_code == 302
    assert text(phone.get("/my/messages/unread/")) == ""


def test_nobody_reads_anybody_elses_messages(phone, chile, as_user):
    other = delegate_of(chile, "Other Person")
    theirs = notice(other.person)
    assert phone.get(f"/my/messages/{theirs.uuid}/").status_code == 404
    assert "Buses" not in text(phone.get("/my/messages/"))
    phone.post("/my/messages/")
    assert Notice.objects.unread().count() == 1


def test_an_empty_inbox_says_what_will_stand_there(phone):
    assert "Reminders, changes of your schedule and announcements" in text(
        phone.get("/my/messages/")
    )


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_with_one_message_and_many(
    phone, member, django_assert_num_queries, count
):
    for number in range(count):
        notice(member.person, f"Message {number}")
    with django_assert_num_queries(7):
        phone.get("/my/messages/")


def test_settings_show_the_language_mail_is_written_in(phone, member):
    Person.objects.update(language="ar")
    assert '<option value="ar" selected>' in text(phone.get("/my/settings/"))


def test_settings_choose_lead_time_and_mails(phone, member):
    assert "Remind me" in text(phone.get("/my/settings/"))
    answer = {"language": "en", "lead": "30", "mail": ["changes"]}
    assert phone.post("/my/settings/", answer).status_code == 302
    chosen = Itinerary.objects.get(person=member.person)
    assert (chosen.lead_minutes, chosen.muted) == (30, ["announcements", "reminders"])
    wrong = phone.post("/my/settings/", {"language": "en", "lead": "7"})
    assert "Select a valid choice" in text(wrong)


def test_one_click_ends_a_kind_of_mail_without_cookie_or_sign_in(programme, amina):
    link = notices.unsubscribe_link(str(amina.uuid), "reminders", "en").split("8000")[1]
    strict = Client(enforce_csrf_checks=True)
    assert "Safety messages still come." in text(strict.get(link))
    assert not Itinerary.objects.filter(person=amina).exists(), "a scanner that opens it ends none"
    done = strict.post(link, {"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert Itinerary.objects.get(person=amina).muted == ["reminders"]
    assert strict.post(link).status_code == 200


@pytest.mark.parametrize("token", ["x", "WyJhIl0:abc", "a" * 300])
def test_an_address_nobody_signed_ends_nothing(programme, token):
    response = Client().post(f"/mail/unsubscribe/{token}/")
    assert (response.status_code, "/my/settings/" in text(response)) == (404, True)


# Announcements


@pytest.fixture
def desk(as_user, organiser, programme):
    return as_user(organiser)


def form(**fields) -> dict[str, object]:
    return {
        "based_on": 0,
        "subject_en": "Buses at 17:00",
        "body_en": "East door.",
        "groups": ["delegate"],
        **fields,
    }


def test_writing_looking_and_confirming(desk, amina):
    assert "Nobody has written an announcement yet." in text(desk.get(LIST))
    saved = desk.post(f"{LIST}add/", form())
    page = saved.headers["Location"]
    shown = text(desk.get(page))
    assert "1 recipient" in shown
    assert "Amina Diallo" in shown
    assert "amina@police.example" in shown
    assert desk.get(page).headers["Cache-Control"] == "private, no-store"
    assert Message.objects.count() == 0

    announcement = Announcement.objects.get()
    typed = {
        "confirm": "1",
        "version": announcement.version,
        "digest": shown.split('name="digest" value="')[1].split('"')[0],
    }
    wrong = desk.post(page, {**typed, "count": "7"})
    assert (wrong.status_code, "Type 1 to confirm." in text(wrong)) == (422, True)
    assert desk.post(page, {**typed, "count": "1"}).status_code == 302
    assert Message.objects.count() == 1
    again = desk.post(page, {**typed, "count": "1"}, follow=True)
    assert "Somebody else changed or confirmed this meanwhile." in text(again)
    assert "1 waiting" in text(desk.get(page))
    fragment = desk.get(f"{page}progress/", headers={"hx-request": "true"})
    assert "1 waiting" in text(fragment)
    assert "dropped" in text(desk.post(page, {"cancel": "1"}, follow=True))
    assert Message.objects.get().state == State.CANCELLED
    assert desk.get(f"{page}edit/").status_code == 302


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"groups": []}, "Choose whom it is for."),
        ({"everybody": "on"}, "Choose everybody, or some below, not both."),
        ({"subject_en": ""}, "Write subject and text, or neither, in a language."),
        ({"subject_en": "", "body_en": ""}, "Write it in at least one language."),
        ({"body_en": "{name.__class__}"}, "{name.__class__} cannot stand here."),
        ({"subject_en": "{password}"}, "{password} cannot stand here."),
        ({"body_en": "{"}, "{ cannot stand here."),
        ({"send_at": "2024-11-05T06:00"}, "That is in the past."),
        ({"send_at": "yesterday"}, "Enter a valid date/time."),
        ({"sessions": ["NOSUCH"]}, "Select a valid choice."),
        ({"subject_en": "x" * 151}, "at most 150 characters"),
    ],
)
def test_what_cannot_be_sent_is_refused_beside_the_field(desk, amina, fields, words):
    response = desk.post(f"{LIST}add/", form(**fields))
    assert (response.status_code, words in text(response)) == (422, True)
    assert "East door." in text(response) or "body_en" in fields
    assert Announcement.objects.count() == 0


def test_a_line_break_in_a_subject_reaches_no_header(desk, amina):
    desk.post(f"{LIST}add/", form(subject_en="Buses\r\nBcc: x@example.org"))
    assert Announcement.objects.get().subject_en == "Buses Bcc: x@example.org"


def test_somebody_elses_change_is_not_overwritten(desk, amina):
    page = desk.post(f"{LIST}add/", form()).headers["Location"]
    desk.post(f"{page}edit/", form(based_on=1, subject_en="First"))
    stale = desk.post(f"{page}edit/", form(based_on=1, subject_en="Second"))
    assert (stale.status_code, 'value="Second"' in text(stale)) == (409, True)
    assert Announcement.objects.get().subject_en == "First"


def test_nobody_fits_is_said_and_cannot_be_confirmed(desk):
    page = desk.post(f"{LIST}add/", form(groups=["media"])).headers["Location"]
    shown = text(desk.get(page))
    assert "Nobody fits what you chose" in shown
    assert 'name="confirm"' not in shown


def test_a_test_goes_to_the_organiser_alone(desk, organiser, amina):
    page = desk.post(f"{LIST}add/", form()).headers["Location"]
    assert organiser.email in text(desk.post(page, {"test": "1"}, follow=True))
    assert list(Message.objects.values_list("to_email", flat=True)) == [organiser.email]


# Rules, words, alerts


def test_a_rule_that_could_only_fire_in_the_past_is_refused(desk, programme):
    answer = {
        "when": "evening",
        "minutes": 60,
        "local_time": "18:00",
        "kind": "",
        "session": "",
        "active": "on",
    }
    response = desk.post("/organise/notifications/reminderrule/add/", answer)
    assert "would have gone on Sunday 3 November, 18:00, which is past." in text(response)
    assert ReminderRule.objects.count() == 0
    fine = {**answer, "when": "before", "to_saved": "on"}
    assert desk.post("/organise/notifications/reminderrule/add/", fine).status_code == 302


def test_a_rule_for_a_kind_that_is_over_is_refused(desk, programme):
    answer = {"when": "before", "minutes": 60, "local_time": "18:00", "kind": "panel"}
    edit(programme, "PANEL1", at=EARLY, kind="panel")
    with time_machine.travel(NOON, tick=False):
        response = desk.post(
            "/organise/notifications/reminderrule/add/",
            {**answer, "to_saved": "on", "active": "on"},
        )
    assert "would have gone on Tuesday 5 November, 09:35, which is past." in text(response)


@pytest.mark.parametrize("minutes", ["0", "-1", "4321", "9" * 20, "x"])
def test_a_rule_keeps_to_minutes_that_make_sense(desk, programme, minutes):
    answer = {"when": "before", "minutes": minutes, "local_time": "18:00", "to_saved": "on"}
    response = desk.post("/organise/notifications/reminderrule/add/", {**answer, "active": "on"})
    assert (response.status_code, ReminderRule.objects.count()) == (200, 0)


def test_the_same_rule_is_there_once(desk, programme):
    answer = {"when": "before", "minutes": 60, "local_time": "18:00", "to_saved": "on"}
    path = "/organise/notifications/reminderrule/add/"
    assert desk.post(path, {**answer, "active": "on"}).status_code == 302
    assert "There is such a rule already." in text(desk.post(path, {**answer, "active": "on"}))


def test_words_that_say_nothing_are_refused(desk, programme):
    response = desk.post("/organise/notifications/wording/add/", {"key": "reminder"})
    assert "Write a subject or first sentences in one language at least." in text(response)


def test_a_rule_names_whom_it_reminds(desk, programme):
    answer = {"when": "before", "minutes": 60, "local_time": "18:00", "active": "on"}
    response = desk.post("/organise/notifications/reminderrule/add/", answer)
    assert "Choose whom to remind." in text(response)


def test_words_are_checked_in_each_language_and_used(desk, programme, amina):
    path = "/organise/notifications/wording/add/"
    answer = {"key": "reminder", "subject_en": "Soon: {title}", "opening_ar": "{room.zone}"}
    refused = text(desk.post(path, answer))
    assert "{room.zone} cannot stand here. Use one of these, or none: {city}" in refused
    answer["opening_ar"] = ""
    assert desk.post(path, answer).status_code == 302
    ReminderRule.objects.create(assembly=programme)
    plan(programme)
    services.send(assembly=programme, at=EARLY + timedelta(minutes=90))
    assert Message.objects.get().subject == "Soon: Plenary"
    shown = text(desk.get("/organise/messages/words/"))
    assert ("Soon: Plenary" in shown, "/mail/unsubscribe/…/" in shown) == (True, True)
    assert "mark" not in shown.split("<main")[-1].replace("marked", "")


def test_a_changed_word_in_one_language_leaves_the_others(desk, programme):
    Wording.objects.create(assembly=programme, key="changes", subject_fr="Du nouveau : {count}")
    shown = text(desk.get("/organise/messages/words/"))
    assert "Du nouveau : 1" in shown
    assert "Time changed: Plenary" in shown


def test_the_overview_warns_when_mail_does_not_flow(desk):
    assert "Nothing sends mail at the moment" in text(desk.get("/organise/"))
    Pulse.objects.create(name="pump", seen_at=EARLY)
    assert "Nothing sends mail" not in text(desk.get("/organise/"))


def test_an_alert_is_opened_once_mailed_once_and_closed(programme, settings):
    settings.DUTY_EMAIL = "duty@assembly.example"
    assert services.watch(at=NOON) == [AlertKind.SILENT]
    assert services.watch(at=NOON) == []
    assert list(Message.objects.values_list("to_email", "subject")) == [
        ("duty@assembly.example", "Planner: Nothing sends mail at the moment")
    ]
    Pulse.objects.create(name="pump", seen_at=NOON)
    services.watch(at=NOON + timedelta(seconds=30))
    assert Alert.objects.get().closed_at == NOON + timedelta(seconds=30)


def test_failures_and_old_mail_raise_an_alert(programme, amina):
    Pulse.objects.create(name="pump", seen_at=NOON)
    plan(programme)
    ReminderRule.objects.all().delete()
    message = Message.objects.create(
        template="t",
        to_email="a@example.org",
        language="en",
        subject="s",
        text="t",
        dedupe_key="k",
        not_before=NOON - timedelta(minutes=10),
    )
    for number in range(20):
        outcome = "refused" if number < 5 else "accepted"
        DeliveryAttempt.objects.create(message=message, at=NOON, outcome=outcome)
    assert sorted(services.watch(at=NOON)) == [AlertKind.FAILING, AlertKind.OLD]


def test_reminders_that_nobody_writes_raise_an_alert(programme, amina):
    ReminderRule.objects.create(assembly=programme)
    plan(programme)
    Pulse.objects.create(name="pump", seen_at=EARLY + timedelta(minutes=100))
    assert services.watch(at=EARLY + timedelta(minutes=100)) == [AlertKind.OLD]


def mail_to(person) -> None:
    """A mail to somebody who has no account."""
    Message.objects.create(
        template="t",
        to_email=person.email,
        language="en",
        subject="s",
        text="words",
        dedupe_key="k",
        not_before=NOON,
        user_id=person.mail_key,
    )


def test_erasing_somebody_takes_their_messages(programme):
    person = PersonFactory(email="speaker@example.org")
    notice(person)
    mail_to(person)
    assert services.forget(people=[person.pk]) == 1
    assert Message.objects.get().to_email == ""


def test_erasing_one_person_takes_their_mail_at_once_and_their_messages_soon(programme, organiser):
    person = PersonFactory(email="speaker@example.org")
    notice(person)
    mail_to(person)
    erase(person=person, by=organiser, at=NOON)
    assert Message.objects.get().text == "(removed after sending)"
    assert services.forget_erased() == 1
