"""A designer tries a deployed decision, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import House
from tests.browser.test_accessibility import barriers_here


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_decision_that_is_tried_shows_its_rule_and_has_no_barrier(
    house: House, visit: Callable[..., Page], scheme: str
) -> None:
    # given
    page = visit("dan", scheme=scheme)
    page.goto("/decisions")
    page.get_by_role("link", name="Triage", exact=True).click()

    # when
    page.get_by_label("facts.money").select_option("true")
    page.get_by_label("facts.trouble").select_option("true")
    page.get_by_label("urgency.points").fill("72")
    page.keyboard.press("Enter")

    # then
    expect(page.get_by_role("status").filter(has_text="billing")).to_contain_text(
        "Urgency, points = 72 passes >= 60"
    )
    expect(page.locator("tr.is-fired")).to_have_count(1)
    expect(page.locator("tr.is-fired th")).to_have_text("7")
    expect(page.get_by_label("urgency.points")).to_have_value("72")
    assert barriers_here(page) == []


def test_a_wide_table_scrolls_in_its_own_frame_on_a_phone(
    house: House, visit: Callable[..., Page]
) -> None:
    # given
    page = visit("dan", width=360)
    page.goto("/decisions/triage")

    # when
    frame = page.get_by_role("region", name="Decision table")
    frame.focus()
    page.keyboard.press("End")

    # then
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert frame.evaluate("each => each.scrollWidth > each.clientWidth")
