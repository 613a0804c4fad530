"""What people press is never covered, nor beyond the edge; what they copy is copied."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from channels.storage import dead_letters
from tests.browser.house import House


@pytest.fixture
def form_account(house: House) -> str:
    """The page of an account whose form is embedded elsewhere."""
    account = house.services.conversations.ensure_account("form", "shop")
    return f"/channels/{account.id}"


def edges(element: Locator) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom."""
    box = element.bounding_box()
    assert box is not None
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


@pytest.mark.parametrize("width", [1440, 390])
def test_a_message_lies_over_nothing_and_an_address_is_copied(
    house: House, visit: Callable[..., Page], form_account: str, width: int
) -> None:
    # given
    page = visit("oli", width=width)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(form_account)

    # when: the person saves, which is told in a message
    page.get_by_role("button", name="Try and save").click()
    message = page.locator(".toast-card", has_text="works with that")
    message.hover()  # it stays while somebody points at it

    # then: whatever can be pressed is beside it, and scrolls clear of it
    save = page.get_by_role("button", name="Try and save")
    save.scroll_into_view_if_needed()
    assert edges(save)[3] <= edges(message)[1]
    assert edges(page.get_by_role("main"))[3] <= edges(message)[1]
    assert edges(message)[2] <= width

    # when
    page.get_by_role("button", name="Copy the line that embeds the form").click()

    # then
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f'<iframe src="{house.address}/forms/')


def test_on_a_phone_what_can_be_done_with_a_dead_letter_is_in_sight(
    house: House, visit: Callable[..., Page]
) -> None:
    # given
    letter = {"account_id": 1, "direction": "in", "external_id": "msg_" + "2KWPBgLlAfxdpx2AI" * 4}
    letter |= {"reply_id": None, "body": b"{}", "why": "type is new to us."}
    with house.engine.transaction() as uow:
        dead_letters.keep(uow.connection, uow.workspace_id, letter, house.clock.now())
    page = visit("oli", width=390)

    # when
    page.goto("/channels/dead-letters")

    # then
    for name in ("Take again", "Drop"):
        assert edges(page.get_by_role("button", name=name))[2] <= 390


def test_a_message_stays_while_the_keyboard_is_in_it_and_leaves_after(
    visit: Callable[..., Page], form_account: str
) -> None:
    # given
    page = visit("oli")
    page.clock.install()
    page.goto(form_account)
    page.get_by_role("button", name="Try and save").click()
    message = page.locator(".toast-card", has_text="works with that")
    message.hover()
    message.get_by_role("button", name="Dismiss").focus()

    # when the mouse leaves it
    page.mouse.move(0, 0)
    page.clock.run_for(60_000)

    # then
    expect(message).to_be_visible()

    # when the keyboard leaves it, too
    page.get_by_role("button", name="Try and save").focus()
    page.clock.run_for(60_000)

    # then
    expect(message).to_have_count(0)
