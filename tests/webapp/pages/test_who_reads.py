"""Forms offer what the network of the case can do; networks have names, and icons of their own."""

from __future__ import annotations

import re
from typing import Any

import pytest

import processes
from channels.intake import Intake
from channels.model import Author, Mention, Page
from channels.networks import found
from tests.webapp.conftest import SetClock
from webapp import filters
from webapp.bootstrap import Installation
from webapp.services import Services

PUBLIC, PRIVATE = "Everybody (public reply)", "Only the customer (private message)"
ALONE = "Only the customer reads it"
PARTS, LATER = "Send it as a numbered thread", "Send it later"
COMPLAINT = "This is unacceptable! My parcel is broken. Terrible service."
PRAISE = "Wonderful, thank you so much, great service!"


@pytest.fixture
def services(installation: Installation) -> Services:
    ours = installation.services("default")
    ours.engine.deploy(processes.files("complaint"))
    return ours


def writes(
    services: Services, clock: SetClock, network: str, *, private: bool, text: str = COMPLAINT
) -> None:
    """Let a customer write on a network, and ana take it up."""
    account = services.conversations.ensure_account(network, "acme")
    said = Mention(
        "m1", Author("7", "maya"), text, clock.now(), "t1", private=private,
        answerable=network != "feed",
    )  # fmt: skip
    Intake(services.engine, channels=found()).take(account, Page((said,)))
    services.engine.claim(1, by="ana")


@pytest.mark.parametrize(
    ("network", "private", "said"),
    [
        ("email", True, [ALONE]),
        ("form", True, [ALONE]),
        ("phone", True, [ALONE]),
        ("x", True, [ALONE]),
        ("facebook", True, [ALONE]),
        ("x", False, [PUBLIC, PRIVATE, "Invite the customer"]),
        ("mastodon", True, [PUBLIC, PRIVATE]),
        ("feed", False, []),
    ],
)
@pytest.mark.parametrize("text", [COMPLAINT, PRAISE], ids=["complaint", "praise"])
def test_who_reads_the_answer_is_asked_only_where_there_is_a_choice(
    services: Services,
    browser: Any,
    clock: SetClock,
    network: str,
    private: bool,
    said: list[str],
    text: str,
) -> None:
    # given
    writes(services, clock, network, private=private, text=text)
    browser.log_in("ana")

    # when
    page = browser.get("/tasks/1").text

    # then
    shown = [one for one in (PUBLIC, PRIVATE, ALONE, "Invite the customer") if is_shown(one, page)]
    assert shown == said


@pytest.mark.parametrize(
    ("network", "private", "offered"),
    [
        ("phone", True, []),
        ("feed", False, []),
        ("form", True, [LATER]),
        ("email", True, [LATER]),
        ("x", True, [PARTS, LATER]),
        ("mastodon", False, [PARTS, LATER]),
    ],
)
def test_later_and_in_parts_are_offered_only_where_an_answer_can_go_out_so(
    services: Services,
    browser: Any,
    clock: SetClock,
    network: str,
    private: bool,
    offered: list[str],
) -> None:
    # given
    writes(services, clock, network, private=private)
    browser.log_in("ana")

    # when
    page = browser.get("/tasks/1").text

    # then: whatever the person chooses
    fields = {one: field_of(one, page) for one in (PARTS, LATER)}
    assert [one for one, field in fields.items() if " hidden" not in field] == offered
    assert [one for one, field in fields.items() if "data-hide-field" in field] == offered


def field_of(text: str, page: str) -> str:
    """Return the tag of the field in which a text stands."""
    before, found_there, _ = page.partition(text)
    assert found_there, text
    tags: list[str] = re.findall(r'<(?:fieldset|div) class="field"[^>]*>', before)
    return tags[-1]


def is_shown(text: str, page: str) -> bool:
    """Tell whether a text stands on a page, in no field that is hidden."""
    before, found_there, _ = page.partition(text)
    field = re.findall(r'<(?:fieldset|div) class="(?:field|notice)"[^>]*>', before)[-1:]
    return bool(found_there) and not any(" hidden" in one for one in field)


def test_where_nobody_else_can_read_it_the_answer_goes_out_in_private(
    services: Services, browser: Any, clock: SetClock
) -> None:
    # given
    writes(services, clock, "email", private=True)
    browser.log_in("ana")

    # when
    browser.post("/tasks/1/complete", answer="We are on it.", next_step="reply", refund="")

    # then
    assert [job.payload["private"] for job in services.engine.jobs(1)] == [True, True]


def test_people_read_what_a_network_is_called(
    services: Services, browser: Any, clock: SetClock
) -> None:
    # given
    writes(services, clock, "facebook", private=False)
    browser.log_in("ana")

    # then
    for path in ("/inbox", "/tasks/1", "/conversations/1", "/customers/1"):
        page = browser.get(path).text
        assert "Facebook Page" in page, path
        assert "facebook ·" not in page, path


def test_each_network_has_an_icon_of_its_own() -> None:
    # when
    icons = [filters.network_icon(name) for name in found()]

    # then
    assert len(set(icons)) == len(icons)
    assert "world" not in icons
