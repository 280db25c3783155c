"""Messages, announcements and the words of mails, as people use them and as axe sees them."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from assembly.accounts.models import User
from assembly.delegations.models import Delegate
from assembly.editions.models import Assembly
from assembly.itineraries.models import Itinerary
from assembly.notifications import notices, services
from assembly.notifications.choices import AnnouncementState, Kind
from assembly.notifications.models import Announcement, Notice
from assembly.notifications.selectors.audience import Audience, recipients
from assembly.outbox.choices import State
from assembly.outbox.models import Message
from assembly.people.models import Person
from tests.browser.test_accessibility import LOOKS, findings, overflow, signed_in
from tests.browser.test_journeys import tab_to

pytestmark = pytest.mark.browser
NOW = datetime(2024, 11, 4, 10, 5, tzinfo=UTC)
ORGANISERS = [
    "/organise/announcements/",
    "/organise/announcements/add/",
    "/organise/announcements/{draft}/",
    "/organise/announcements/{draft}/edit/",
    "/organise/announcements/{nobody}/",
    "/organise/announcements/{sent}/",
    "/organise/messages/words/",
    "/organise/notifications/reminderrule/",
    "/organise/notifications/reminderrule/add/",
    "/organise/notifications/wording/",
    "/organise/notifications/wording/add/",
    "/organise/notifications/alert/",
    "/organise/",
]


def written(**fields) -> Announcement:
    content = {
        "subject_en": "Buses at 17:00",
        "body_en": "They leave from the east door.",
        "subject_ar": "الحافلات الساعة 17:00",
        "body_ar": "من الباب الشرقي.",
        "audience": {"groups": ["delegate"]},
        **fields,
    }
    return services.save(
        announcement=None,
        assembly=Assembly.objects.current().get(),
        fields=content,
        based_on=0,
        by=User.objects.get(email="organiser@demo.example"),
        at=NOW,
    )


def confirmed() -> Announcement:
    """Confirmed, with a mail that failed and one that was perhaps sent."""
    announcement = written()
    found = recipients(announcement.assembly, Audience.of(announcement.audience), NOW)
    services.confirm(
        announcement=announcement,
        version=1,
        digest=found.digest,
        count=len(found.people),
        by=User.objects.get(email="organiser@demo.example"),
        at=NOW,
    )
    first, second = Message.objects.filter(batch=announcement.batch).order_by("pk")[:2]
    Message.objects.filter(pk=first.pk).update(state=State.FAILED)
    Message.objects.filter(pk=second.pk).update(state=State.UNCERTAIN)
    return announcement


@pytest.mark.parametrize("language", ["", "/ar"])
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_on_organisers_pages_of_messages(as_organiser, width, scheme, language):
    page = as_organiser("/organise/", width=width, scheme=scheme)
    places = {
        "draft": written().uuid,
        "nobody": written(audience={"groups": ["media"], "regions": ["Africa"]}).uuid,
        "sent": confirmed().uuid,
    }
    found = {}
    for path in ORGANISERS:
        page.goto(language + path.format(**places))
        found[path] = findings(page)
    page.goto(f"{language}/organise/announcements/add/")
    page.locator("#content button").last.click()
    page.locator(".summary").wait_for()
    found["refused"] = findings(page)
    assert {path: facts for path, facts in found.items() if facts} == {}


@pytest.mark.parametrize("language", ["", "/ar"])
@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_axe_finds_nothing_on_readers_pages(opened, width, scheme, language):
    delegate = Delegate.objects.get(badge_name="Demo delegate")
    told = [
        Notice.objects.create(
            assembly=Assembly.objects.current().get(),
            person=delegate.person,
            kind=Kind.CHANGE,
            language=code,
            subject=subject,
            text=f"{subject}\n\nhttp://127.0.0.1:8000/my/{'y' * 90}",
            visible_from=datetime(2024, 11, 4, 9, tzinfo=UTC),
        )
        for code, subject in (("en", "Room changed: Plenary"), ("ar", "تغيّرت القاعة: الجلسة"))
    ]
    link = notices.unsubscribe_link(str(delegate.person.uuid), "reminders", "en").split("8000")[1]
    page = signed_in(opened, delegate.person.user, width=width, scheme=scheme)
    found = {}
    for path in ("/my/", "/my/messages/", *(f"/my/messages/{one.uuid}/" for one in told), link):
        page.goto(language + path)
        if path == "/my/":
            page.locator(".chip.new").wait_for()
        found[path] = (findings(page), max(overflow(page), 0))
    page.locator("main button").click()
    page.locator("main [role=status]").wait_for()
    found["stopped"] = (findings(page), max(overflow(page), 0))
    assert {path: facts for path, facts in found.items() if facts != ([], 0)} == {}


def test_an_organiser_writes_to_the_heads_and_stops_it_in_time_by_keyboard_alone(as_organiser):
    page = as_organiser("/organise/announcements/add/")
    page.locator("#id_subject_en").focus()
    page.keyboard.type("Buses at 17:00")
    page.keyboard.press("Tab")
    page.keyboard.type("They leave from the east door.")
    page.locator("input[name=groups][value=head]").focus()
    page.keyboard.press("Space")
    tab_to(page, "Save and look at the recipients")
    page.keyboard.press("Enter")
    expect(page.locator("h2", has_text="8 recipients")).to_be_visible()
    page.locator("#id_count").focus()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.locator(".errors")).to_have_text("Type 8 to confirm.")
    page.locator("#id_count").fill("8")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("Confirmed for 8 people.")
    expect(page.locator("body")).to_contain_text("0 sent")
    tab_to(page, "Stop it for good")
    page.keyboard.press("Enter")
    tab_to(page, "Drop what has not left")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("mails were dropped.")
    assert Announcement.objects.get().state == AnnouncementState.CANCELLED
    assert set(Message.objects.exclude(batch="").values_list("state", flat=True)) == {
        State.CANCELLED
    }


def test_progress_moves_by_itself_while_mails_go_out(as_organiser):
    announcement = confirmed()
    page = as_organiser(f"/organise/announcements/{announcement.uuid}/")
    expect(page.locator("body")).to_contain_text("0 sent")
    Message.objects.filter(batch=announcement.batch, state=State.QUEUED).update(state=State.SENT)
    expect(page.locator("body")).to_contain_text("2 sent", timeout=10_000)
    expect(page.locator("body")).to_contain_text("1 failed")


def test_a_delegate_reads_a_message_and_chooses_what_comes_by_mail(opened):
    person = Person.objects.get(display_name="Demo delegate")
    Notice.objects.create(
        assembly=Assembly.objects.current().get(),
        person=person,
        kind=Kind.ANNOUNCEMENT,
        language="en",
        subject="Buses at 17:00",
        text="East door.",
        visible_from=datetime(2024, 11, 4, 9, tzinfo=UTC),
    )
    page = signed_in(opened, person.user, width=390)
    unread = page.get_by_role("link", name=re.compile("Messages 1 new"))
    unread.click()
    page.get_by_role("link", name="Buses at 17:00").click()
    expect(page.locator("main")).to_contain_text("East door.")
    page.goto("/my/")
    expect(page.get_by_role("link", name="Messages", exact=True)).to_be_visible()
    page.goto("/my/settings/")
    page.get_by_label("Remind me").select_option("15")
    page.get_by_label("Announcements of the organisers").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("body")).to_contain_text("Saved.")
    chosen = Itinerary.objects.get(person=person)
    assert (chosen.lead_minutes, chosen.muted) == (15, ["announcements"])


def test_somebody_stops_a_kind_of_mail_from_the_mail_itself_without_signing_in(opened):
    person = Person.objects.get(display_name="Demo delegate")
    link = notices.unsubscribe_link(str(person.uuid), "changes", "ar").split("8000")[1]
    page: Page = opened(link, width=390, java_script_enabled=False)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.locator("main button").click()
    expect(page.locator("main [role=status]")).to_be_visible()
    assert Itinerary.objects.get(person=person).muted == ["changes"]
