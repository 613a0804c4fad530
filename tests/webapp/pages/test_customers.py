"""The page of a customer: the same person elsewhere, joined and split by an agent."""

from __future__ import annotations

from channels.intake import Intake
from channels.model import Author, Mention, Page
from tests.webapp.conftest import Browser, SetClock
from webapp.bootstrap import Installation


def test_an_agent_joins_who_is_suggested_and_takes_it_back(
    installation: Installation, clock: SetClock, browser: Browser
) -> None:
    # given
    services = installation.services()
    known = services.conversations
    intake = Intake(services.engine, channels=installation.networks)
    for number, channel in enumerate(("demo", "recorded"), 1):
        author = Author("eve", "eve", "Eve Adams", email="eve@example.org")
        mention = Mention(f"m{number}", author, "hello", clock.now(), f"t{number}")
        intake.take(known.ensure_account(channel, "acme"), Page((mention,)))
    browser.log_in("ana")
    assert "Same e-mail address" in browser.get("/customers/1").text

    # when
    browser.post("/customers/1/join", other="2")
    joined = browser.get("/customers/1").text

    # then
    assert "one customer now" in joined
    assert "came from" in joined
    assert browser.get("/customers/2").location == "/customers/1"

    # when
    split = browser.post("/customers/1/split", identity=str(known.customer(1).identities[1].id))

    # then
    assert split.location == "/customers/2"
    assert "Same e-mail address" in browser.get("/customers/1").text


def test_what_cannot_be_joined_or_split_says_why(
    installation: Installation, clock: SetClock, browser: Browser
) -> None:
    # given
    services = installation.services()
    mention = Mention("m1", Author("eve", "eve"), "hello", clock.now(), "t1")
    account = services.conversations.ensure_account("demo", "acme")
    Intake(services.engine, channels=installation.networks).take(account, Page((mention,)))
    browser.log_in("ana")

    # when
    pages = []
    for act, form in (("join", {"other": "1"}), ("join", {}), ("split", {"identity": "1"})):
        browser.post(f"/customers/1/{act}", **form)
        pages.append(browser.get("/customers/1").text)

    # then
    for page, said in zip(pages, ("already", "Choose", "nothing to split"), strict=True):
        assert said in page
