"""An open page asks the server anew when something changed, and not more often than it must."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from engine.ports import Change
from tests.browser.house import House

#: Keeps what arrives at the page, and what the page tells its parts, where a test can see it.
LISTENING = """() => {
  document.documentElement.dataset.heard = 0;
  window.told = [];
  for (const kind of ["user_task", "incident"])
    document.body.addEventListener(`live:${kind}`, () => window.told.push(kind));
}"""
STREAMS = """
  window.EventSource = class extends EventSource {
    constructor(url) {
      super(url);
      this.addEventListener("incident", () => (document.documentElement.dataset.heard++));
    }
  };
"""


def test_a_page_is_told_of_the_first_change_at_once_and_of_the_rest_together_a_second_later(
    house: House, visit: Callable[..., Page]
) -> None:
    # given a page whose clock moves when told, open since a while
    page = visit("ana")
    page.context.add_init_script(STREAMS)
    page.clock.install()
    page.goto("/inbox")
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    page.clock.pause_at(page.evaluate("Date.now()") + 60_000)
    page.evaluate(LISTENING)
    heard = 0

    def happens(rounds: int) -> None:
        """Let user tasks change many times, and wait until the page has heard of it."""
        nonlocal heard
        kinds = ["user_task"] * 20 + ["incident"]
        for _ in range(rounds):
            house.installation.rooms.live.publish([Change("default", kind, 1) for kind in kinds])
        heard += rounds
        expect(page.locator("html")).to_have_attribute("data-heard", str(heard))

    # when
    happens(1)
    page.clock.run_for(100)
    first = page.evaluate("window.told")
    happens(3)
    page.clock.run_for(700)
    meanwhile = page.evaluate("window.told")
    page.clock.run_for(300)
    after = page.evaluate("window.told")

    # then
    assert first == meanwhile == ["user_task", "incident"]
    assert after == first * 2
