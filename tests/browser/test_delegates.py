"""Delegates, focal points and organisers as they go through the product, also without a net."""

import json
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assembly.accounts.services import issue_code
from assembly.delegations.models import Delegate, Delegation
from assembly.delegations.services import withdraw
from assembly.editions.models import Assembly
from assembly.outbox.models import Message
from assembly.programme.models import Session
from assembly.programme.services import publish, save_session
from assembly.programme.services.publishing import plan
from tests.browser.test_journeys import tab_to
from venues.models import Room

pytestmark = pytest.mark.browser
NOW = datetime(2024, 11, 4, 10, 5, tzinfo=UTC)
READER = Path(__file__).with_name("read_with_libical.py")


def move(code: str, room: str) -> None:
    """An organiser gives a session another room and publishes."""
    assembly = Assembly.objects.current().get()
    session = Session.objects.get(code=code)
    session.room = Room.objects.get(code=room)
    save_session(session=session, based_on=session.version, by=None, at=NOW)
    planned = plan(assembly=assembly)
    publish(
        assembly=assembly,
        by=None,
        at=NOW,
        based_on=planned.base,
        accepted={clash.key: "A test" for clash in planned.warnings},
        note="",
    )


def kept(page: Page) -> list[str]:
    """The paths the browser keeps for reading offline."""
    return page.evaluate(
        """async () => {
            const paths = [];
            for (const name of await caches.keys())
                for (const request of await (await caches.open(name)).keys())
                    paths.push(new URL(request.url).pathname);
            return paths.sort();
        }"""
    )


def wait_until(page: Page, holds: str) -> None:
    """Until a script says true. Playwright's own wait evaluates a string in the page: our content
    security policy refuses that.
    """
    for _ in range(100):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{holds} does not come true")


def wait_until_kept(page: Page) -> None:
    wait_until(page, "document.documentElement.dataset.kept === 'yes'")


@pytest.mark.parametrize("prefix", ["", "/ar"], ids=["English", "Arabic"])
def test_a_delegate_saves_a_session_reads_it_offline_and_comes_back_to_a_changed_room(
    opened, prefix
):
    page = opened(f"{prefix}/account/login/code/?next={prefix}/my/", width=390)
    page.locator("#id_email").fill("delegate@demo.example")
    page.locator("main button").click()
    page.wait_for_url("**/login/code/confirm/**")
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", Message.objects.latest("pk").subject).group()
    page.locator("#id_code").fill(code)
    page.locator("main button").click()
    page.wait_for_url(f"**{prefix}/my/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if prefix else "ltr")

    page.goto(f"{prefix}/sessions/PRESS1/")
    page.locator("form.save button").click()
    expect(page.locator("form.save button")).to_have_attribute("name", "unsave")
    page.goto(f"{prefix}/my/")
    wait_until_kept(page)
    expect(page.locator(".myday").filter(has=page.locator("a[href*=PRESS1]"))).to_have_count(1)

    page.context.set_offline(True)
    page.goto(f"{prefix}/my/")
    expect(page.locator("#freshness .offline")).to_be_visible()
    expect(page.locator("#freshness")).to_contain_text("10:0")
    page.locator(".myday a[href*=PRESS1]").first.click()
    expect(page.locator("h1")).to_have_text(
        Session.objects.get(code="PRESS1").title_ar
        if prefix
        else "Press conference by the Secretary General"
    )
    expect(page.locator("#freshness .offline")).to_be_visible()
    expect(page.locator(".online")).to_be_hidden()
    page.goto(f"{prefix}/my/plan/")
    expect(page.locator("figure.plan svg")).to_be_visible()
    page.goto(f"{prefix}/help/")  # not kept: leads back to the schedule, which says so
    expect(page).to_have_url(re.compile(f"{prefix}/my/$"))
    expect(page.locator("#freshness .offline")).to_be_visible()

    move("PRESS1", "ALSH")
    page.context.set_offline(False)
    page.goto(f"{prefix}/my/")
    news = page.locator(".news")
    expect(news.locator("s")).to_have_count(1)
    expect(news).to_contain_text(Room.objects.get(code="ALSH").name_ar if prefix else "Alsh")
    expect(page.locator("#freshness .offline")).to_be_hidden()
    news.locator("button").click()
    expect(page.locator(".news")).to_have_count(0)


def sign_in(page: Page, name: str) -> None:
    """With a printed code, in two steps, by keyboard alone."""
    user = Delegate.objects.get(badge_name=name).person.user
    code = issue_code(user=user, by=None, at=NOW, until=NOW.replace(year=2025))
    page.goto("/account/login/printed/")
    page.get_by_label("Code").focus()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Is this you?")
    tab_to(page, "Yes, sign me in")
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/")


def test_what_is_kept_is_the_own_schedule_and_goes_with_the_sign_out_or_another_person(opened):
    page = opened("/", width=390)
    sign_in(page, "Delegate 2 (CL)")
    wait_until_kept(page)
    paths = kept(page)
    mandatory = [path for path in paths if path.startswith("/sessions/")]
    others = [path for path in paths if not path.startswith("/sessions/")]
    assert len(mandatory) == 13
    assert others == [
        "/my/",
        "/my/owner",
        "/my/plan/",
        "/static/planner/icon.svg",
        "/static/planner/my.js",
        "/static/planner/planner.css",
    ]
    page.goto("/schedule/")
    page.goto("/sessions/BRIEF1/")
    page.locator("form.save").wait_for()
    assert kept(page) == paths

    # Somebody else signs in on the same phone without the first signing out.
    page.context.clear_cookies()
    sign_in(page, "Delegate 2 (FR)")
    wait_until_kept(page)
    owner = page.evaluate("caches.match('/my/owner').then(answer => answer.text())")
    assert owner == str(Delegate.objects.get(badge_name="Delegate 2 (FR)").person.uuid)
    assert "/sessions/REGEU1/" in kept(page)
    assert "/sessions/REGAM1/" not in kept(page)

    page.goto("/my/settings/")
    page.get_by_role("button", name="Sign out on this device").click()
    expect(page.locator("nav.main")).to_contain_text("Sign in")
    wait_until(page, "caches.keys().then(names => names.length === 0)")


def test_a_lost_phone_forgets_the_schedule_when_it_is_online_again(opened):
    page = opened("/", width=390)
    sign_in(page, "Delegate 3 (CL)")
    wait_until_kept(page)
    delegate = Delegate.objects.get(badge_name="Delegate 3 (CL)")
    page.context.set_offline(True)
    withdraw(delegate=delegate, by=None, at=NOW)
    page.goto("/my/")
    expect(page.locator("h1")).to_have_text("My schedule")  # nobody could tell the phone
    page.context.set_offline(False)
    page.goto("/my/")
    expect(page.locator("h1")).to_have_text("Sign in")
    wait_until(page, "caches.keys().then(names => names.length === 0)")


def test_the_printed_schedule_is_a_page_a_day(opened):
    page = opened("/", width=1280)
    sign_in(page, "Delegate 2 (CL)")
    pdf = page.pdf()
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 4


def test_a_focal_point_names_replaces_and_withdraws_without_javascript(opened):
    page = opened("/account/login/code/", width=390, java_script_enabled=False)
    page.get_by_label("E-mail address").fill("focal@demo.example")
    page.get_by_role("button", name="Send me a code").click()
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", Message.objects.latest("pk").subject).group()
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Sign in").click()
    page.locator("nav.main").get_by_role("link", name="My delegation").click()
    expect(page.locator("h1")).to_have_text("Chile")

    page.get_by_role("link", name="Name a delegate").click()
    page.get_by_role("button", name="Put on the list").click()
    expect(page.locator(".summary")).to_contain_text("This field is required.")
    assert page.title().startswith("Error: ")
    page.get_by_label("Given names").fill("ليلى")
    page.get_by_label("Family name").fill("الخالدي")
    page.get_by_label("Heads the delegation").check()
    page.get_by_role("button", name="Put on the list").click()
    expect(page.locator(".summary")).to_contain_text("The delegation has a head already.")
    page.get_by_label("Heads the delegation").uncheck()
    page.get_by_role("button", name="Put on the list").click()
    expect(page.locator(".messages")).to_contain_text("ليلى الخالدي")

    item = page.locator(".roll li").filter(has_text="ليلى")
    item.get_by_role("link", name="Replace").click()
    page.get_by_label("Family name").fill("Luna")
    page.get_by_role("button", name="Replace").click()
    item = page.locator(".roll li").filter(has_text="Luna")
    item.get_by_role("link", name="Sign-in code").click()
    page.get_by_role("button", name="Make the codes").click()
    expect(page.locator(".slips .code")).to_have_text(re.compile(r"^\S{4}-\S{4}-\S{4}$"))
    page.get_by_role("link", name="Back to the list").click()
    page.locator(".roll li").filter(has_text="Luna").get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator(".messages")).to_contain_text("Withdrawn: Luna. The seat is free.")
    assert Delegation.objects.get(country__code="CL", assembly__number=92).seats_taken == 3


def test_an_organiser_imports_a_file_and_sees_whom_a_publication_concerns(as_organiser, tmp_path):
    path = tmp_path / "delegates.csv"
    path.write_text("Country,Given names,Family name\nPeru,Ana,Quispe\nAtlantis,No,Body\n")
    page = as_organiser("/organise/import/")
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.locator("table.rows")).to_contain_text("No member or observer is called “Atlantis”")
    page.get_by_label("Leave out the 1 faulty row").check()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.locator("#content")).to_contain_text("New: 1.")
    assert Delegate.objects.get(badge_name="Ana Quispe").delegation.code == "PE"

    session = Session.objects.get(code="PLEN02")
    session.room = Room.objects.get(code="HALL5")
    save_session(session=session, based_on=session.version, by=None, at=NOW)
    page.goto("/organise/publish/")
    expect(page.locator("[hx-get*=impact]")).to_contain_text("Moves 25 people’s schedules")


def test_libical_reads_the_personal_feed(opened):
    """The library behind GNOME's and KDE's calendars, through Debian's own Python."""
    page = opened("/", width=390)
    sign_in(page, "Delegate 2 (CL)")
    page.goto("/my/calendar/")
    page.get_by_role("button", name="Make my address").click()
    address = page.get_by_label("Address of your calendar").input_value()
    feed = page.request.get(re.sub(r"^https?://[^/]+", "", address)).body()
    answer = subprocess.run(
        ["/usr/bin/python3", str(READER)], input=feed, capture_output=True, check=True
    )
    read = json.loads(answer.stdout)
    assert read["errors"] == 0
    assert len(read["events"]) == 13
    assert read["events"][0] == ["20241104T093000Z", "20241104T111500Z", "Opening ceremony"]
