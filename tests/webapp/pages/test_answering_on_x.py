"""Answering where it costs money, and where the network does not let us answer everybody."""

from __future__ import annotations

from typing import Any

import pytest

import processes
from channels.intake import Intake
from channels.model import Author, Cost, Mention, Page
from tests.webapp.conftest import SetClock
from webapp.bootstrap import Installation
from webapp.services import Services

ANSWER = {"answer": "We are on it.", "visibility": "public", "next_step": "reply", "refund": ""}


@pytest.fixture
def services(installation: Installation) -> Services:
    found = installation.services("default")
    found.engine.deploy(processes.files("complaint"))
    return found


def complain(services: Services, clock: SetClock, *, answerable: bool = True) -> None:
    """Let a post come in that reading cost half a cent, and ana take it up."""
    account = services.conversations.ensure_account("x", "northwind")
    text = "This is unacceptable! My parcel is broken. Terrible service."
    said = Mention(
        "101", Author("7", "maya"), text, clock.now(), "101", answerable=answerable
    )  # fmt: skip
    read = Cost("post_read", 1, 5_000, "101")
    Intake(services.engine).take(account, Page((said,), costs=(read,)))
    services.engine.claim(1, by="ana")


def test_what_sending_costs_and_what_the_case_has_cost_stand_beside_the_answer(
    services: Services, browser: Any, clock: SetClock
) -> None:
    # given
    complain(services, clock)
    browser.log_in("ana")

    # when
    shown = browser.get("/tasks/1").text
    linked = browser.post("/tasks/1/compose", **{**ANSWER, "answer": "See https://a.example"}).text

    # then
    assert "Sending it costs $0.01" in shown
    assert "Cost so far" in shown and "$0.005" in shown
    assert "Invite the customer to go on in private" in shown
    assert "Sending it costs $0.20" in linked


def test_an_answer_that_the_network_takes_only_in_private_says_so_before_it_is_written(
    services: Services, browser: Any, clock: SetClock
) -> None:
    # given
    complain(services, clock, answerable=False)
    browser.log_in("ana")

    # when
    why = "X lets us answer this only in private, because"
    shown = browser.get("/tasks/1").text
    refused = browser.post("/tasks/1/complete", **ANSWER)
    private = browser.post("/tasks/1/compose", **{**ANSWER, "visibility": "private"}).text
    taken = browser.post("/tasks/1/complete", **{**ANSWER, "visibility": "private"})

    # then
    assert why in shown
    assert refused.status_code == 422 and why in refused.text
    assert why not in private
    assert taken.status_code == 303


def test_an_invitation_to_go_on_in_private_goes_along(
    services: Services, browser: Any, clock: SetClock
) -> None:
    # given
    complain(services, clock)
    browser.log_in("ana")

    # when
    browser.post("/tasks/1/complete", **ANSWER, hand_off="true")

    # then
    wanted = [job.payload.get("hand_off") for job in services.engine.jobs(1)]
    assert wanted == [None, True]


def test_a_warning_that_was_confirmed_is_shown_to_whoever_approves_and_in_the_conversation(
    services: Services, browser: Any, clock: SetClock
) -> None:
    # given: a refund that a supervisor has to approve, and a link that costs
    complain(services, clock)
    browser.log_in("ana")
    answer = {**ANSWER, "answer": "Your money: https://a.example", "refund": "500"}
    refused = browser.post("/tasks/1/complete", **answer).text
    token = refused.split('name="confirmed" value="')[1].split('"')[0]
    browser.post("/tasks/1/complete", **answer, confirmed=token)

    # when
    approving = browser.get("/tasks/2").text
    browser.post("/tasks/2/complete", verdict="approve", comment="")

    # then
    assert "A post with a link costs $0.20" in approving
    assert "Send it all the same" not in approving
    shown = browser.get("/conversations/1").text
    assert "warned of a link on a network that charges for it; confirmed by ana" in shown
