"""Files of an answer in the composer: added, described, held against the network, taken out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.house import House
from tests.pictures import png

PNG = png()


def named(*names: str, content: bytes = PNG) -> list[dict[str, object]]:
    return [{"name": name, "mimeType": "image/png", "buffer": content} for name in names]


@pytest.fixture
def writing(house: House, visit: Callable[..., Page]) -> Page:
    """The user task of a complaint, claimed by ana."""
    house.customer_writes("My parcel is broken and nobody answers. Terrible service!")
    house.replies_go_out()
    house.engine.claim(1, by="ana")
    page = visit("ana")
    page.goto("/tasks/1")
    return page


def test_files_are_added_checked_described_and_sent(house: House, writing: Page) -> None:
    # given
    writing.get_by_label("Your answer").fill("Sorry! This is what it should look like.")
    add = writing.get_by_label("Add files")

    # when there is one picture more than the network carries
    add.set_input_files(named(*(f"{n}.png" for n in "abcde")))  # type: ignore[arg-type]
    expect(writing.get_by_text("There are 5 pictures; Post box carries 4")).to_be_visible()
    for name in "edcb":
        writing.get_by_role("button", name=f"Take out {name}.png").click()
        expect(writing.get_by_role("link", name=f"{name}.png")).to_be_hidden()
    writing.get_by_label("Description of a.png").fill("A whole parcel")
    expect(writing.get_by_text("Cannot be sent")).to_be_hidden()

    # then it goes out with what was written about it, and is shown
    writing.get_by_role("button", name="Complete").click()
    expect(writing.get_by_text("is completed")).to_be_visible()
    house.replies_go_out()
    (file,) = house.network.taken[-1].files
    assert (file.name, file.alt, file.content) == ("a.png", "A whole parcel", PNG)
    writing.goto("/conversations/1")
    expect(writing.get_by_role("link", name="a.png")).to_be_visible()
    expect(writing.get_by_text("A whole parcel")).to_be_visible()


def test_what_is_no_picture_is_refused_and_what_was_written_stays(writing: Page) -> None:
    # given
    writing.get_by_label("Your answer").fill("Sorry!")
    writing.get_by_label("Add files").set_input_files(named("a.png"))  # type: ignore[arg-type]
    writing.get_by_label("Description of a.png").fill("A parcel")

    # when
    hostile = named("photo.png", content=b"<script>alert(1)</script>")
    writing.get_by_label("Add files").set_input_files(hostile)  # type: ignore[arg-type]

    # then
    expect(writing.get_by_role("alert")).to_contain_text("this is none")
    expect(writing.get_by_label("Description of a.png")).to_have_value("A parcel")
    writing.reload()
    expect(writing.get_by_label("Description of a.png")).to_have_value("A parcel")
    expect(writing.get_by_label("Your answer")).to_have_value("Sorry!")
