"""Every page, light and dark, checked by axe-core; and narrow, without sideways scrolling."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from channels.storage import dead_letters
from tests.browser.house import House

AXE = Path(__file__).parents[2] / "webapp/frontend/node_modules/axe-core/axe.min.js"
ANGRY = "This is unacceptable! My parcel is broken and nobody answers. Terrible service."
PAGES = (
    "/inbox",
    "/inbox?mine=1",
    "/inbox/care",
    "/tasks/1",
    "/tasks/2",
    "/customers",
    "/customers/1",
    "/conversations/1",
    "/calls/new",
    "/processes",
    "/processes/complaint",
    "/processes/complaint/1/normal",
    "/processes/rules/not-executable",
    "/decisions",
    "/decisions/triage",
    "/monitor",
    "/instances",
    "/instances/1",
    "/incidents",
    "/channels",
    "/channels/1",
    "/channels/add",
    "/channels/add/demo",
    "/channels/dead-letters?all=1",
    "/settings",
    "/nothing-here",
)


@pytest.fixture
def busy(house: House) -> House:
    """A house with a claimed and an unclaimed user task, and names of many scripts."""
    house.customer_writes(ANGRY, name="Ana-Maria Papadopoulou-Villanueva de la Cruz", reach=20_000)
    house.customer_writes(ANGRY + " 😡😡", name="محمد العلي")
    house.engine.claim(1, by="oli")
    letter = {"account_id": 1, "direction": "in", "external_id": "msg_" + "2KWPBgLlAfxdpx2AI" * 4}
    letter |= {"reply_id": None, "body": b'{"type": "order.created"}', "why": "type is new to us."}
    with house.engine.transaction() as uow:
        dead_letters.keep(uow.connection, uow.workspace_id, letter, house.clock.now())
    return house


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_barrier(
    busy: House, visit: Callable[..., Page], scheme: str
) -> None:
    # given
    assert AXE.exists(), "axe-core is not installed: run 'make install'"
    page = visit("oli", scheme=scheme)

    # when
    found = {path: barriers(page, path) for path in PAGES}

    # then
    assert {path: list_ for path, list_ in found.items() if list_} == {}


def test_the_login_page_has_no_serious_barrier(busy: House, visit: Callable[..., Page]) -> None:
    # given
    page = visit("oli")
    page.context.clear_cookies()

    # when / then
    assert barriers(page, "/login") == []


def test_no_page_scrolls_sideways_or_breaks_a_word_in_two_on_a_phone(
    busy: House, visit: Callable[..., Page]
) -> None:
    # given
    page = visit("oli", width=360)

    # when
    found = {path: (overflow(page, path) > 0, broken_words(page)) for path in PAGES}

    # then
    assert [path for path, (wide, _) in found.items() if wide] == []
    assert {path: words for path, (_, words) in found.items() if words} == {}


@pytest.mark.parametrize("path", ["/instances/1", "/processes/complaint"])
def test_the_text_below_a_diagram_stays_below_it_at_200_percent(
    busy: House, visit: Callable[..., Page], path: str
) -> None:
    # given: a window of 1440x900, enlarged to 200 %
    page = visit("oli", width=720)
    page.set_viewport_size({"width": 720, "height": 450})

    # when
    page.goto(path)
    diagram = page.locator(".split-canvas .diagram").bounding_box()
    below = page.locator(".split-side").bounding_box()

    # then
    assert diagram is not None and below is not None
    assert diagram["y"] + diagram["height"] <= below["y"]


def barriers(page: Page, path: str) -> list[str]:
    """Return what axe-core finds serious or worse on a page."""
    page.goto(path)
    return barriers_here(page)


def barriers_here(page: Page) -> list[str]:
    """Return what axe-core finds serious or worse on the page as it is now."""
    page.evaluate(AXE.read_text("utf-8"))
    violations: list[dict[str, Any]] = page.evaluate(
        """async () => {
            const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
            return (await axe.run(document, {runOnly, resultTypes: ['violations']})).violations;
        }"""
    )
    return [
        f"{finding['id']}: {node['html'][:160]} {node['failureSummary'][:240]}"
        for finding in violations
        if finding["impact"] in {"serious", "critical"}
        for node in finding["nodes"][:3]
    ]


def overflow(page: Page, path: str) -> int:
    """Return by how many pixels the content is wider than the window."""
    page.goto(path)
    width: int = page.evaluate(
        "Math.max(document.documentElement.scrollWidth - innerWidth,"
        " document.querySelector('main').scrollWidth - document.querySelector('main').clientWidth)"
    )
    return width


def broken_words(page: Page) -> list[str]:
    """Return the single words in the cells of tables that stand on more than one line."""
    words: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".scroll-x td, .scroll-x td *")]
            .filter(cell => cell.children.length === 0)
            .filter(cell => /^\\s*[^\\s-]+\\s*$/.test(cell.textContent))
            .filter(cell => {
                const range = document.createRange();
                range.selectNodeContents(cell);
                return new Set([...range.getClientRects()].map(box => box.top)).size > 1;
            })
            .map(cell => cell.textContent.trim())"""
    )
    return words
