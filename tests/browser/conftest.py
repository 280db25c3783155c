"""Chromium against a live server. Debian's browser where there is one, else Playwright's own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.management import call_command
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    sync_playwright,
)

from assembly.accounts.choices import Role

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright runs a loop in this thread
DEBIAN = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = str(DEBIAN) if DEBIAN.exists() else None
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--no-first-run"]
        )
        yield browser
        browser.close()


@pytest.fixture
def glasgow(transactional_db) -> None:
    """The demo, with day 1 on 4 November 2024."""
    for role in Role.values:
        Group.objects.get_or_create(name=role)
    call_command("seed_glasgow", dates="actual", verbosity=0)


def complaint(message: ConsoleMessage) -> list[str]:
    """What the console says is wrong with a page of ours.

    A message without an address is about axe, which tries out styles of its own. That the page
    "nowhere" is not found is right, and so are forms that are refused and a net that is away.
    """
    url = message.location["url"]
    wanted = ("status of 409", "status of 422", "ERR_INTERNET_DISCONNECTED")
    expected = not url or url.endswith("/nowhere/") or any(w in message.text for w in wanted)
    return [f"{url}: {message.text}"] if message.type == "error" and not expected else []


@pytest.fixture
def opened(chromium, live_server, glasgow) -> Iterator:
    """Opens a page as somebody would; at the end no page may have complained in its console."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str, *, width: int = 1280, scheme: str = "light", **options) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 844},
            color_scheme=scheme,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.extend(complaint(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def as_organiser(opened):
    """A page opened by the demo's organiser, who signs in as people do."""

    def open_page(path: str, **options) -> Page:
        page = opened(f"/account/login/?next={path}", **options)
        page.get_by_label("E-mail address").fill("organiser@demo.example")
        page.get_by_label("Password").fill("glasgow-demo-92")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"**{path}")
        return page

    return open_page


@pytest.fixture(autouse=True)
def _monday_morning() -> Iterator[None]:
    """10:00 on the first day, still ticking: sessions and cookies need a moving clock."""
    with time_machine.travel("2024-11-04T10:00:00+00:00", tick=True):
        yield
