"""The main road, as an agent travels it in a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from engine import InstanceStatus
from tests.browser.house import House

ANGRY = "This is unacceptable! My parcel is broken and nobody answers. Terrible service."


def test_an_agent_takes_a_complaint_from_mention_to_resolved(
    house: House, visit: Callable[..., Page]
) -> None:
    # given an open inbox, into which a complaint arrives without a refresh
    page = visit("ana")
    expect(page.get_by_text("Nothing waits here")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    house.customer_writes(ANGRY)
    row = page.locator("tr", has_text="Maya Torres")
    expect(row).to_contain_text("Answer the complaint")

    # when the agent claims and answers it
    row.get_by_role("button", name="Claim").click()
    expect(page.get_by_text("You have claimed this")).to_be_visible()
    expect(page.get_by_text("My parcel is broken")).to_be_visible()
    page.get_by_label("Your answer").fill("We are sorry, Maya. A new parcel is on its way.")
    expect(page.get_by_text("233 of 280 characters left")).to_be_visible()
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text("is completed")).to_be_visible()

    # and the reply goes out, and the customer stays silent
    house.replies_go_out()
    assert [reply.text for reply in house.network.taken][-1].startswith("We are sorry, Maya.")
    house.time_passes(timedelta(days=4))
    house.replies_go_out()

    # then the instance is resolved, and the conversation shows what was said
    (instance,) = house.engine.instances()
    assert instance.status is InstanceStatus.COMPLETED
    page.goto("/conversations/1")
    expect(page.get_by_text("We are sorry, Maya.")).to_be_visible()
    expect(page.get_by_label("Customer and instances")).to_contain_text("completed")


def test_a_user_task_claimed_elsewhere_shows_without_a_refresh_and_nothing_moves(
    house: House, visit: Callable[..., Page]
) -> None:
    # given two agents who look at the same two user tasks
    house.customer_writes(ANGRY)
    house.customer_writes(ANGRY, name="Noor Haddad")
    ana, ben = visit("ana"), visit("ben")
    expect(ben.locator("html")).to_have_attribute("data-live", "on")
    before = ben.locator("tr[data-row]").evaluate_all("rows => rows.map(row => row.id)")

    # when one of them claims and completes the first
    ana.locator("tr", has_text="Maya Torres").get_by_role("button", name="Claim").click()
    taken = ben.locator("tr", has_text="Maya Torres")
    expect(taken).to_contain_text("ana")
    expect(taken.get_by_role("button", name="Claim")).to_have_count(0)
    ana.get_by_label("Your answer").fill("We are on it.")
    ana.get_by_role("button", name="Complete").click()

    # then the other sees it gone in its place, and the rest where it was
    expect(taken).to_contain_text("completed by ana")
    after = ben.locator("tr[data-row]").evaluate_all("rows => rows.map(row => row.id)")
    assert after == before


def test_a_complaint_is_claimed_and_answered_with_the_keyboard_alone(
    house: House, visit: Callable[..., Page]
) -> None:
    # given
    house.customer_writes(ANGRY)
    page = visit("ana")
    expect(page.locator("tr[data-row]")).to_have_count(1)

    # when
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Answer the complaint")).to_be_focused()
    page.keyboard.press("c")
    expect(page.get_by_label("Your answer")).to_be_focused()
    page.keyboard.type("We are sorry. A new parcel is on its way.")
    page.keyboard.press("Control+Enter")

    # then
    expect(page.get_by_text("is completed")).to_be_visible()
    assert house.engine.user_tasks() == []
