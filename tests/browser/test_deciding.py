"""A designer tries a deployed decision, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine.definitions import Source
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
    scroller = page.locator("[data-scroller]").first
    expect(scroller).to_have_attribute("data-after", "")
    frame.evaluate("each => each.scrollTo(each.scrollWidth, 0)")
    expect(scroller).to_have_attribute("data-before", "")
    expect(scroller).not_to_have_attribute("data-after", "")


GAP = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
namespace="urn:g"><decision id="gap" name="Gap"><decisionTable id="t"><input id="i" label="Age">
<inputExpression typeRef="number"><text>age</text></inputExpression></input>
<output id="o" name="price"/>
<rule id="r"><inputEntry id="c"><text>&lt; 18</text></inputEntry><outputEntry><text>1</text>
</outputEntry></rule></decisionTable></decision></definitions>"""


def test_an_upload_with_a_warning_says_so_until_it_is_read(
    house: House, visit: Callable[..., Page]
) -> None:
    # given
    page = visit("dan")
    page.goto("/processes")

    # when
    page.get_by_label("Drop BPMN").set_input_files(
        {"name": "gap.dmn", "mimeType": "application/xml", "buffer": GAP}
    )

    # then
    expect(page).to_have_url(f"{house.address}/decisions/gap/1")
    told = page.locator(".toast-card.toast-soon")
    expect(told).to_contain_text("Deployed: Gap version 1, 1 warning.")
    told.get_by_role("link").click()
    expect(page).to_have_url(f"{house.address}/decisions/gap/1#problems")
    assert barriers_here(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_values_that_are_wrong_and_results_that_are_null_have_no_barrier(
    house: House, visit: Callable[..., Page], scheme: str
) -> None:
    # given
    house.engine.deploy([Source("gap.dmn", GAP)])
    page = visit("dan", scheme=scheme)
    page.goto("/decisions/gap")

    # when
    page.get_by_role("textbox", name="Age age").fill("old")
    page.get_by_role("button", name="Decide").click()

    # then
    expect(page.get_by_role("textbox", name="Age age")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".wrong")).to_contain_text("not a number")
    assert barriers_here(page) == []
    page.get_by_role("textbox", name="Age age").fill("")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator(".notice-plain")).to_contain_text("null")
    expect(page.get_by_text("'age' not found")).to_be_visible()
    assert barriers_here(page) == []
