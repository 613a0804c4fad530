"""Uploads as a designer makes them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

import processes
from engine import Source
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


def sketch(key: str) -> dict[str, str | bytes]:
    """Return a file with a process that does not say that it is executable."""
    drawing = next(file for file in processes.files("complaint") if file.suffix == ".bpmn")
    text = drawing.read_text("utf-8").replace('"complaint"', f'"{key}"')
    content = text.replace('isExecutable="true"', 'isExecutable="false"').encode()
    return {"name": f"{key}.bpmn", "mimeType": "application/xml", "buffer": content}


def test_whoever_uploads_is_asked_before_a_drawing_is_run(
    house: House, visit: Callable[..., Page]
) -> None:
    # given
    page = visit("dan")
    page.goto("/processes")

    # when
    page.locator("#files").set_input_files([sketch("one"), sketch("two")])
    dialog = page.get_by_role("dialog", name="Are these to be run?")
    expect(dialog).to_be_visible()
    nothing_yet = house.engine.definitions(key="one")
    dialog.get_by_label("two.bpmn").uncheck()
    dialog.get_by_role("button", name="Upload").click()

    # then
    expect(page.get_by_role("cell", name="one", exact=True)).to_be_visible()
    assert nothing_yet == []
    assert house.engine.definitions(key="one")[0].startable
    assert not house.engine.definitions(key="two")[0].startable


def test_a_drawing_is_published_on_its_page_and_its_frame_is_no_place_on_the_canvas(
    house: House, visit: Callable[..., Page]
) -> None:
    # given
    house.engine.deploy([Source("one.bpmn", bytes(sketch("one")["buffer"]))])
    page = visit("dan")
    page.goto("/processes/one")
    expect(page.locator("[data-diagram][data-ready]")).to_be_visible()

    # when
    page.get_by_role("button", name="Run it: publish").click()

    # then
    expect(page.get_by_role("button", name="Start …")).to_be_visible()
    assert house.engine.definitions(key="one")[0].startable


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ({"name": "plan.png", "mimeType": "image/png", "buffer": b"x"}, "These are no diagrams"),
        (
            {"name": "big.bpmn", "mimeType": "text/xml", "buffer": b"x" * 11_000_000},
            "Upload at most 10.0 MB at a time",
        ),
    ],
)
def test_what_cannot_be_uploaded_is_named_before_it_is_sent(
    visit: Callable[..., Page], file: dict[str, str | bytes], said: str
) -> None:
    # given
    page = visit("dan")
    page.goto("/processes")

    # when
    page.locator("#files").set_input_files([file])

    # then
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(page.get_by_role("alert")).to_contain_text(str(file["name"]))
    expect(page).to_have_url(re.compile("/processes$"))


def test_a_long_list_of_problems_is_filtered_by_severity(
    house: House, visit: Callable[..., Page]
) -> None:
    # given
    flows = "".join(f'<sequenceFlow id="f{n}" sourceRef="s"/>' for n in range(300))
    text = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="long"'
        f' isExecutable="true"><task id="s"/>{flows}</process></definitions>'
    )
    house.engine.deploy([Source("long.bpmn", text.encode())])
    page = visit("dan")
    page.goto("/processes/long")
    drafts = page.locator('section[data-severity="draft"]')
    notes = page.locator('section[data-severity="info"]')

    # when
    page.get_by_role("group", name="Show only").get_by_role("button", name="draft").click()

    # then
    expect(drafts).to_be_visible()
    expect(notes).to_be_hidden()
    expect(drafts.get_by_text("more of this severity")).to_be_visible()


def test_the_normal_form_leads_from_a_note_to_its_element(
    house: House, visit: Callable[..., Page]
) -> None:
    # given
    text = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="short">'
        '<task id="first" name="Think"/><task id="then"/>'
        '<sequenceFlow id="f" sourceRef="first" targetRef="then"/></process></definitions>'
    )
    house.engine.deploy([Source("short.bpmn", text.encode())])
    page = visit("dan", width=360)
    page.goto("/processes/short")

    # when
    page.get_by_role("link", name="Normal form").click()
    changed = page.get_by_role("complementary", name="What was changed")
    changed.locator("a[href^='#at-']").first.click()

    # then
    expect(page.locator(".code li:target")).to_be_visible()
