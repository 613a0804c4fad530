"""Complaints alike on their pages: who else wrote it, and one case made of them by a manager."""

from __future__ import annotations

import re
from html import unescape

import pytest

import processes
from channels.intake import Intake
from channels.model import Author, Edit, Mention, Page
from tests.webapp.conftest import Browser, SetClock
from webapp.bootstrap import Installation
from webapp.pages import clusters

SAME = "the app is down again since this morning, cannot log in at all"


@pytest.fixture
def alike(installation: Installation, clock: SetClock) -> Installation:
    """Three who complain about the same."""
    services = installation.services()
    account = services.conversations.ensure_account("demo", "acme")
    mentions = tuple(
        Mention(f"m{n}", Author(f"a{n}", f"a{n}"), SAME, clock.now(), f"t{n}") for n in (1, 2, 3)
    )
    Intake(services.engine, channels=installation.networks).take(account, Page(mentions))
    return installation


def test_an_agent_sees_how_many_are_similar_and_who(alike: Installation, browser: Browser) -> None:
    # given
    browser.log_in("ana")

    # then
    assert "2 similar" in browser.get("/conversations/1").text
    assert SAME in browser.get("/clusters").text
    page = browser.get("/clusters/1").text
    assert all(f"/conversations/{number}" in page for number in (1, 2, 3))
    assert "Answer them together" not in page
    assert browser.post("/clusters/1/case").status_code == 403


def test_a_manager_makes_one_case_of_them(alike: Installation, browser: Browser) -> None:
    # given
    browser.log_in("mia")
    browser.post("/clusters/1/case")
    undeployed = browser.get("/clusters/1").text
    engine = alike.services().engine
    engine.deploy(processes.files("shared_answer"))

    # when
    browser.post("/clusters/1/case")
    engine.sweep()

    # then
    assert "Deploy processes/shared_answer" in undeployed
    page = browser.get("/clusters/1").text
    assert "Answer 3 complaints alike" in page
    assert "Answer them together" not in page


def test_the_list_goes_on_where_its_page_ends(
    alike: Installation, browser: Browser, monkeypatch: pytest.MonkeyPatch, clock: SetClock
) -> None:
    # given
    services = alike.services()
    account = services.conversations.ensure_account("demo", "acme")
    late = "my parcel is three days late and nobody knows anything"
    mentions = tuple(
        Mention(f"n{n}", Author(f"b{n}", f"b{n}"), late, clock.now(), f"n{n}") for n in (1, 2)
    )
    Intake(services.engine, channels=alike.networks).take(account, Page(mentions))
    monkeypatch.setattr(clusters, "PAGE", 1)
    browser.log_in("ana")

    # when
    first = browser.get("/clusters").text
    link = unescape(re.findall(r'href="(/clusters\?before[^"]+)"', first)[0])
    second = browser.get(link).text

    # then
    assert (late in first, SAME in first) == (True, False)
    assert (late in second, SAME in second) == (False, True)
    assert "/clusters?before" not in second
    assert late in browser.get("/clusters?before_at=soon&before_id=x").text


def test_without_complaints_alike_the_page_says_when_there_are_some(browser: Browser) -> None:
    browser.log_in("mia")

    assert "No complaints alike" in browser.get("/clusters").text
    assert browser.get("/clusters/9").status_code == 404


def test_a_conversation_shows_what_was_edited_deleted_and_spread(
    alike: Installation, clock: SetClock, browser: Browser
) -> None:
    # given
    services = alike.services()
    account = services.conversations.account(1).account
    spread = Mention("m9", Author("z", "zoe"), "", clock.now(), "t9", reposts="m1")
    page = Page((spread,), edits=(Edit("m1", "it works again", clock.now()),), deletions=("m2",))
    Intake(services.engine, channels=alike.networks).take(account, page)
    browser.log_in("ana")

    # then
    edited, deleted = (browser.get(f"/conversations/{n}").text for n in (1, 2))
    assert all(said in edited for said in ("it works again", "edited", SAME, "zoe", "spread it"))
    assert "deleted by its author" in deleted
    assert SAME not in deleted


def test_the_inbox_says_how_many_are_alike_and_leads_there(
    installation: Installation, clock: SetClock, browser: Browser
) -> None:
    # given: the complaint process is there before they write; one writes of something else
    services = installation.services()
    services.engine.deploy(processes.files("complaint"))
    account = services.conversations.ensure_account("demo", "acme")
    texts = (SAME, SAME, "My parcel is broken, this is terrible service!")
    mentions = tuple(
        Mention(f"m{n}", Author(f"a{n}", f"a{n}"), text, clock.now(), f"t{n}")
        for n, text in enumerate(texts)
    )
    Intake(services.engine, channels=installation.networks).take(account, Page(mentions))

    # when
    browser.log_in("ana")
    shown = browser.get("/inbox").text

    # then
    assert shown.count("2 alike") == 2
    assert shown.count('href="/clusters/1"') == 2
