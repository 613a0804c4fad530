"""A browser, a house for each test, and people who are logged in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.house import PASSWORD, House
from tools import chromium

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
]
#: A page that is right is right at once; a machine with other things to do may take longer.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    executable = chromium.find()
    if executable is None:
        pytest.skip(chromium.CURE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def house() -> Iterator[House]:
    built = House()
    yield built
    built.close()


@pytest.fixture
def complaints(chrome: Browser) -> Iterator[list[str]]:
    """What browsers complained about: refused scripts and styles, faults in our own scripts."""
    heard: list[str] = []
    yield heard
    assert heard == []


@pytest.fixture
def visit(chrome: Browser, house: House, complaints: list[str]) -> Iterator[Callable[..., Page]]:
    """Return a page of somebody who has just logged in, in a browser of their own."""
    opened = []

    def log_in(login: str, *, scheme: str = "light", width: int = 1440) -> Page:
        context = chrome.new_context(
            base_url=house.address,
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
        )
        context.set_default_timeout(30_000)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.on("console", lambda said: _listen(said, complaints))
        page.goto("/login")
        page.get_by_label("Login").fill(login)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("navigation", name="Main").wait_for()
        listening(page)
        return page

    yield log_in
    for context in opened:
        context.close()


def listening(page: Page) -> None:
    """Wait until the scripts of the page hear keys: needed after a click that leads to a page."""
    page.locator("html[data-ready]").wait_for(state="attached")


def _listen(said: ConsoleMessage, complaints: list[str]) -> None:
    # A page that answers 409 or 422 is reported as «failed to load»; the tests look at it anyway.
    if said.type == "error" and "Failed to load resource" not in said.text:
        complaints.append(said.text)
