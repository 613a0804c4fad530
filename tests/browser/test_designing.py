"""Uploads as a designer makes them."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

import processes
from tests.browser.house import House


def broken() -> bytes:
    """Return the complaint with a condition that is no expression."""
    drawing = next(file for file in processes.files("complaint") if file.suffix == ".bpmn")
    text = drawing.read_text("utf-8")
    assert 'kind == "lead"' in text
    return text.replace('kind == "lead"', 'kind == = "lead"').encode()


def test_the_upload_of_a_broken_drawing_shows_each_problem_at_its_element(
    house: House, visit: Callable[..., Page]
) -> None:
    # given
    page = visit("dan")
    page.goto("/processes")

    # when
    page.get_by_label("Drop BPMN").set_input_files(
        {"name": "complaint.bpmn", "mimeType": "application/xml", "buffer": broken()}
    )

    # then
    expect(page.get_by_role("alert")).to_contain_text("Nothing was deployed")
    problem = page.locator(".problem", has_text="line").first
    expect(problem).to_contain_text("error")
    expect(page.locator("[data-diagram][data-ready]")).to_be_visible()
    expect(page.locator(".at-error").first).to_be_attached()
    assert len(house.engine.definitions(key="complaint")) == 1


def test_an_upload_without_problems_becomes_the_next_version(
    house: House, visit: Callable[..., Page]
) -> None:
    # given a drawing that differs in its name alone
    drawing = next(file for file in processes.files("complaint") if file.suffix == ".bpmn")
    text = drawing.read_text("utf-8").replace('name="Complaint"', 'name="Complaint, shorter"', 1)
    page = visit("dan")
    page.goto("/processes")

    # when
    page.get_by_label("Drop BPMN").set_input_files(
        {"name": "complaint.bpmn", "mimeType": "application/xml", "buffer": text.encode()}
    )

    # then
    expect(page).to_have_url(f"{house.address}/processes/complaint/2")
    expect(page.locator("[data-diagram][data-ready]")).to_be_visible()
    expect(page.get_by_label("Problems and versions")).to_contain_text("Version 2")


def test_the_mark_of_the_diagram_library_stays_visible(
    house: House, visit: Callable[..., Page]
) -> None:
    # given
    page = visit("dan")

    # when
    page.goto("/processes/complaint")

    # then
    expect(page.locator("[data-diagram][data-ready]")).to_be_visible()
    expect(page.locator(".bjs-powered-by")).to_be_visible()


def test_ctrl_k_jumps_to_a_process(house: House, visit: Callable[..., Page]) -> None:
    # given
    page = visit("dan")

    # when
    page.keyboard.press("Control+k")
    page.keyboard.type("complai")
    expect(page.get_by_role("option", name="Complaint")).to_be_visible()
    page.keyboard.press("Enter")

    # then
    expect(page.get_by_role("heading", name="Complaint", exact=True)).to_be_visible()
