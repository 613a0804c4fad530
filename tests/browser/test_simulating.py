"""A designer tries a draft by clicking on the drawing, and by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

import processes
from engine.definitions import Source
from tests.browser.house import House
from tests.browser.test_accessibility import barriers, overflow


@pytest.fixture
def draft(house: House) -> str:
    """Deploy the complaint process as a mere drawing, and return the address of its trial."""
    drawing = next(file for file in processes.files("complaint") if file.suffix == ".bpmn")
    text = drawing.read_text("utf-8")
    for attribute in ("id", "processRef", "bpmnElement"):
        text = text.replace(f'{attribute}="complaint"', f'{attribute}="sketch"')
    content = text.replace('isExecutable="true"', 'isExecutable="false"').encode()
    house.engine.deploy([Source("sketch.bpmn", content)])
    return "/processes/sketch/1/try"


def test_a_draft_is_tried_from_its_page_and_the_address_goes_along(
    draft: str, house: House, visit: Callable[..., Page]
) -> None:
    # given
    page = visit("dan")
    page.goto("/processes/sketch")
    page.get_by_role("link", name="Try it").first.click()
    expect(page.locator("[data-diagram][data-ready]")).to_be_visible()
    side = page.get_by_role("complementary", name="What happens next")

    # when the flow is clicked in the drawing
    box = page.locator('[data-element-id="flow_complaint"] .djs-visual').bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(side.get_by_role("button", name="Answer the complaint")).to_be_visible()

    # then the token is drawn, the address can be shared, and Back goes back
    expect(page.locator('[data-element-id="answer_complaint"].at-token')).to_be_attached()
    assert "move=gw_kind:take:flow_complaint" in page.url
    side.get_by_role("link", name="Back").click()
    expect(side.get_by_role("link", name="complaint", exact=True)).to_be_visible()
    assert house.engine.instances() == []


def test_the_keyboard_alone_goes_through_a_trial(draft: str, visit: Callable[..., Page]) -> None:
    # given
    page = visit("dan")
    page.goto(draft)
    expect(page.locator("[data-diagram][data-ready]")).to_be_visible()
    side = page.get_by_role("complementary", name="What happens next")

    # when
    side.get_by_role("link", name="complaint", exact=True).focus()
    page.keyboard.press("Enter")

    # then
    expect(side.get_by_role("link", name="Back")).to_be_visible()
    expect(side.get_by_role("heading", name="What happens next")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_trial_has_no_barrier_and_fits_a_phone(
    draft: str, visit: Callable[..., Page], scheme: str
) -> None:
    # given
    page = visit("dan", scheme=scheme, width=360)

    # when / then
    for path in (draft, f"{draft}?move=gw_kind:take:flow_complaint"):
        assert barriers(page, path) == []
        assert overflow(page, path) <= 0
