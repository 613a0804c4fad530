"""The composer: counted as the network counts, held against the rules, put off, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from channels.model import ChannelAccount
from tests.browser.house import House

ANGRY = "This is unacceptable! My parcel is broken and nobody answers. Terrible service."
LONG = "We looked into it with the depot, and it is held at customs since Tuesday. " * 5


@pytest.fixture
def writing(house: House, visit: Callable[..., Page]) -> Page:
    """The user task of a complaint, claimed by ana."""
    house.customer_writes(ANGRY)
    house.replies_go_out()
    house.engine.claim(1, by="ana")
    page = visit("ana")
    page.goto("/tasks/1")
    return page


def test_the_network_counts_while_the_agent_writes(house: House, writing: Page) -> None:
    # given a network on which an address counts 23, however long it is
    link = "https://northwind.example/" + "x" * 300
    house.network.measure = lambda text: len(text.replace(link, "x" * 23))  # type: ignore[method-assign]

    # when
    writing.get_by_label("Your answer").fill(f"All about it: {link}")

    # then
    expect(writing.get_by_text("243 of 280 characters left")).to_be_visible()
    writing.get_by_role("button", name="Complete").click()
    expect(writing.get_by_text("is completed")).to_be_visible()


def test_a_long_answer_is_offered_as_a_thread_and_goes_out_as_one(
    house: House, writing: Page
) -> None:
    # given
    writing.get_by_label("Your answer").fill(LONG)
    expect(writing.get_by_text("have it sent as a thread")).to_be_visible()

    # when
    writing.get_by_label("Send it as a numbered thread").check()
    expect(writing.get_by_text("Goes out as 2 posts")).to_be_visible()
    writing.get_by_role("button", name="Complete").click()
    expect(writing.get_by_text("is completed")).to_be_visible()
    house.replies_go_out()

    # then
    assert [reply.text[-5:] for reply in house.network.taken[-2:]] == ["(1/2)", "(2/2)"]


def test_personal_data_stops_a_public_answer_and_a_private_one_takes_it(
    house: House, writing: Page
) -> None:
    # given
    writing.get_by_label("Your answer").fill("Please call Tom at 020 7946 0958.")
    expect(writing.get_by_text("holds a phone number")).to_be_visible()

    # when it is sent all the same
    writing.get_by_role("button", name="Complete").click()

    # then the form comes back, with what was written and the way out
    expect(writing.get_by_role("alert")).to_contain_text("Not sent: the reply holds a phone number")
    expect(writing.get_by_label("Your answer")).to_have_value("Please call Tom at 020 7946 0958.")
    writing.get_by_role("button", name="Send privately").click()
    expect(writing.get_by_text("holds a phone number, and")).to_be_hidden()
    writing.get_by_role("button", name="Complete").click()
    expect(writing.get_by_text("is completed")).to_be_visible()
    house.replies_go_out()
    assert house.network.taken[-1].private


def test_a_warning_is_shown_and_confirmed(house: House, writing: Page) -> None:
    # given a network that charges for links
    def price(_account: ChannelAccount, text: str) -> str | None:
        return "$0.20" if "https://" in text else None

    house.network.link_price = price  # type: ignore[attr-defined]
    house.network.reply_price = lambda _account, _reply: 200_000  # type: ignore[attr-defined]
    writing.get_by_label("Your answer").fill("All about it: https://northwind.example")
    expect(writing.get_by_text("A post with a link costs $0.20")).to_be_visible()
    expect(writing.get_by_text("Sending it costs $0.20")).to_be_visible()

    # when
    writing.get_by_label("Send it all the same").check()
    writing.get_by_role("button", name="Complete").click()

    # then
    expect(writing.get_by_text("is completed")).to_be_visible()
    house.replies_go_out()
    assert house.network.taken[-1].text.endswith("https://northwind.example")


def test_an_answer_for_later_is_held_released_and_withdrawn_in_the_conversation(
    house: House, writing: Page
) -> None:
    # given
    writing.get_by_label("Your answer").fill("The technician comes tomorrow.")
    writing.get_by_label("Send it later").fill("2026-03-02T18:00")
    writing.get_by_role("button", name="Complete").click()
    expect(writing.get_by_text("is completed")).to_be_visible()
    sent = len(house.network.taken)
    house.replies_go_out()
    writing.goto("/conversations/1")
    thread = writing.get_by_role("list", name="Conversation")
    expect(thread.get_by_text("goes out")).to_be_visible()

    # when it is held and released
    writing.get_by_role("button", name="Hold").click()
    expect(thread.get_by_text("held by ana", exact=True)).to_be_visible()
    writing.get_by_role("button", name="Release").click()
    expect(thread.get_by_text("goes out")).to_be_visible()

    # when it is withdrawn
    writing.get_by_role("button", name="Withdraw").click()

    # then
    expect(thread.get_by_text("Withdrawn by ana before it was sent.")).to_be_visible()
    house.time_passes(timedelta(days=1))
    house.replies_go_out()
    assert len(house.network.taken) == sent


def test_an_operator_says_what_may_be_said_and_tries_it(
    house: House, visit: Callable[..., Page]
) -> None:
    # given
    page = visit("oli")
    page.goto("/settings")
    page.get_by_role("link", name="What may be said").click()

    # when
    page.get_by_label("Phrases that are never said").fill("our fault")
    page.get_by_role("button", name="Keep the rules").click()
    expect(page.get_by_text("The rules are kept")).to_be_visible()
    page.get_by_label("A public reply").fill("That was our fault, call 020 7946 0958.")
    page.get_by_role("button", name="Look").click()

    # then
    expect(page.get_by_text("a banned phrase our fault")).to_be_visible()
    expect(page.get_by_text("a phone number 020 7946 0958")).to_be_visible()
