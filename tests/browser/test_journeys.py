"""Whole ways through the product, as people go them."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assembly.programme.models import Revision, Session

pytestmark = pytest.mark.browser
SCREENSHOT = Path(__file__).parents[2] / "docs" / "schedule.png"


@pytest.mark.parametrize(
    ("prefix", "title", "direction"),
    [
        ("", "Opening ceremony", "ltr"),
        ("/fr", "Cérémonie d’ouverture", "ltr"),
        ("/es", "Ceremonia de apertura", "ltr"),
        ("/ar", "حفل الافتتاح", "rtl"),
    ],
)
def test_a_visitor_reads_the_schedule_on_a_phone_without_javascript(
    opened, prefix, title, direction
):
    page = opened(f"{prefix}/schedule/", width=390, java_script_enabled=False)
    expect(page.locator("html")).to_have_attribute("dir", direction)
    expect(page.locator("#now h3")).to_have_text(title)
    page.locator("#now a").click()
    expect(page.locator("h1")).to_have_text(title)


def test_a_visitor_switches_language_and_stays_on_the_page(opened):
    page = opened("/sessions/OPEN01/")
    page.get_by_role("link", name="Français").click()
    expect(page).to_have_url(re.compile("/fr/sessions/OPEN01/$"))
    expect(page.locator("h1")).to_have_text("Cérémonie d’ouverture")


def test_a_visitor_searches_and_the_address_keeps_it(opened):
    page = opened("/schedule/")
    page.get_by_text("Search and filter").click()
    page.get_by_label("Search", exact=True).fill("biometric")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("ol.day h3")).to_have_count(1)
    expect(page.locator("ol.day h3")).to_have_text("Panel: Biometric frontline capabilities")
    expect(page).to_have_url(re.compile("q=biometric"))
    page.get_by_role("link", name=re.compile("Tue 5")).click()
    expect(page.locator("h2#day")).to_have_text("Tuesday 5 November")
    page.go_back()
    expect(page.locator("h2#day")).to_contain_text("Monday 4 November")
    expect(page.locator("ol.day h3")).to_have_count(1)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control of this name has the focus, as a keyboard user does."""
    for _ in range(150):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(document.activeElement.textContent || document.activeElement.value || '').trim()"
        )
        if focused == name:
            return
    raise AssertionError(f"{name} is not reached with the keyboard")


def test_an_organiser_moves_a_session_publishes_and_the_visitor_sees_it(as_organiser, opened):
    session = Session.objects.get(code="PANEL1")
    page = as_organiser(f"/organise/programme/session/{session.pk}/change/")
    clashes = page.locator("#clashes")
    expect(clashes).to_contain_text("As saved")

    page.locator("#id_starts_at_1").fill("12:00:00")
    page.locator("#id_minutes").click()
    expect(clashes).to_contain_text("is used twice at the same time")

    page.locator("#id_starts_at_1").fill("14:45:00")
    page.locator("#id_minutes").click()
    expect(clashes).not_to_contain_text("is used twice at the same time")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("changed successfully")

    page.goto("/organise/publish/")
    expect(page.locator("form").first).to_contain_text("Time changed")
    page.get_by_label("Note").fill("The panel starts later")
    page.get_by_label("Note").press("Tab")
    tab_to(page, "Publish")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Published as revision 2.")

    visitor = opened("/sessions/PANEL1/", width=390)
    expect(visitor.locator("dl.facts")).to_contain_text("14:45–16:15")
    visitor.goto("/changes/")
    expect(visitor.locator("section.revision").first).to_contain_text("The panel starts later")
    expect(visitor.locator("section.revision").first.locator("s")).to_have_text(
        "Mon 4 November, 14:30–16:00"
    )
    assert Revision.objects.count() == 2


def test_an_organiser_checks_clashes_without_javascript(as_organiser):
    session = Session.objects.get(code="PANEL1")
    page = as_organiser(
        f"/organise/programme/session/{session.pk}/change/", java_script_enabled=False
    )
    page.locator("#id_starts_at_1").fill("12:00:00")
    with page.context.expect_page() as opened_tab:
        page.get_by_role("button", name="Check clashes").click()
    expect(opened_tab.value.locator("#content")).to_contain_text("is used twice at the same time")


def test_a_visitor_goes_from_home_to_a_session_by_keyboard_alone(opened):
    page = opened("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    tab_to(page, "Opening ceremony")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Opening ceremony")


def test_the_printed_schedule_is_black_on_white_without_navigation(opened):
    page = opened("/schedule/", scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator("nav.main")).to_be_hidden()
    expect(page.locator("footer")).to_contain_text("Programme revision 1")


def test_the_screenshot_of_the_readme(opened, tmp_path):
    """Made anew into a scratch file; UPDATE_SCREENSHOT=1 puts it where the README shows it."""
    page = opened("/schedule/?day=2024-11-06", width=1280)
    update = bool(os.environ.get("UPDATE_SCREENSHOT"))
    path = SCREENSHOT if update else tmp_path / "schedule.png"
    page.screenshot(path=path)
    assert path.stat().st_size > 20_000
