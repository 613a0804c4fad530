"""Answers on the page of a user task and in the API: held against the rules; replies kept back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

import processes
from channels.intake import Intake
from channels.model import Author, Mention, Page
from channels.policy import Rules
from engine import Engine
from tests.webapp.conftest import SetClock
from webapp.bootstrap import Installation
from webapp.services import Services

PHONE = "Please call 020 7946 0958."
ANSWER = {"answer": "We are on it.", "visibility": "public", "next_step": "reply", "refund": ""}


@pytest.fixture
def services(installation: Installation, clock: SetClock) -> Services:
    """A complaint on the demo network whose answer ana writes."""
    found = installation.services("default")
    found.engine.deploy(processes.files("complaint"))
    account = found.conversations.ensure_account("demo", "northwind_care")
    text = "This is unacceptable! My parcel is broken. Terrible service."
    said = Mention("p1", Author("id-maya", "maya", "Maya"), text, clock.now(), "p1")
    Intake(found.engine).take(account, Page((said,), position={"sequence": 1}))
    found.engine.claim(1, by="ana")
    return found


def last_reply(services: Services) -> Any:
    posts = services.conversations.conversation(1).posts
    return max((one for one in posts if one.kind == "reply"), key=lambda one: one.reply_id or 0)


def test_an_answer_with_personal_data_comes_back_with_what_stands_in_the_way(
    services: Services, browser: Any
) -> None:
    # given
    browser.log_in("ana")

    # when
    answered = browser.post("/tasks/1/complete", **{**ANSWER, "answer": PHONE})

    # then
    assert answered.status_code == 422
    for told in ("Not sent: the reply holds a phone number", "020 7946 0958", PHONE):
        assert told in answered.text
    assert services.engine.user_task(1).claimed_by == "ana"


def test_the_same_to_the_customer_alone_is_taken(services: Services, browser: Any) -> None:
    browser.log_in("ana")
    private = {**ANSWER, "answer": PHONE, "visibility": "private"}
    assert browser.post("/tasks/1/complete", **private).status_code == 303
    assert last_reply(services).private


def test_an_answer_that_is_too_long_comes_back_unless_it_may_be_a_thread(
    services: Services, browser: Any
) -> None:
    # given
    browser.log_in("ana")
    long = {**ANSWER, "answer": "We looked into it with the depot. " * 12}

    # then
    assert "Shorten it by" in browser.post("/tasks/1/complete", **long).text
    assert browser.post("/tasks/1/complete", **long, split="true").status_code == 303
    assert last_reply(services).parts == 2


def test_while_writing_the_page_asks_how_the_answer_stands(
    services: Services, browser: Any
) -> None:
    # given
    browser.log_in("ana")

    # when
    told = browser.post("/tasks/1/compose", **{**ANSWER, "answer": PHONE})
    nothing = browser.post("/tasks/1/compose", answer="x", next_step="close")

    # then
    assert "254 of 280 characters left" in told.text
    assert "Cannot be sent" in told.text
    assert nothing.status_code == 404


def test_an_answer_for_later_goes_out_at_the_moment_of_the_persons_zone(
    installation: Installation, services: Services, browser: Any
) -> None:
    # given: ana reads times in Berlin, an hour before UTC's
    installation.rooms.people.change("default", "ana", zone="Europe/Berlin")
    browser.log_in("ana")

    # when
    browser.post("/tasks/1/complete", **ANSWER, send_at="2026-03-01T18:00")

    # then
    assert last_reply(services).send_at.isoformat() == "2026-03-01T17:00:00+00:00"


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("hold", "Held: it is not sent"),
        ("release", "Released: it goes out."),
        ("send-now", "It goes out now."),
        ("withdraw", "Withdrawn: it was not sent"),
    ],
)
def test_a_reply_that_waits_is_kept_back_and_one_that_is_out_is_not(
    services: Services, browser: Any, clock: SetClock, act: str, told: str
) -> None:
    # given
    browser.log_in("ana")
    browser.post("/tasks/1/complete", **ANSWER, send_at="2026-03-01T18:00")
    number = last_reply(services).reply_id
    browser.get("/conversations/1")

    # when
    done = browser.post(f"/replies/{number}/{act}", back="/conversations/1")

    # then
    assert done.headers["Location"] == "/conversations/1"
    assert told in browser.get("/conversations/1").text

    # when it is too late
    if act != "withdraw":
        services.outbox.withholding.put_off(number, clock.now(), by="mia")
        clock.pass_by(timedelta(minutes=1))
        services.outbox.work()
    browser.post(f"/replies/{number}/{act}")

    # then
    assert f"Too late: reply {number}" in browser.get("/conversations/1").text


def test_a_reply_is_put_off_in_the_conversation(services: Services, browser: Any) -> None:
    # given
    browser.log_in("mia")
    number = last_reply(services).reply_id

    # when
    browser.post(f"/replies/{number}/put-off", until="2026-03-05T10:00")
    browser.get("/conversations/1")
    browser.post(f"/replies/{number}/put-off", until="whenever")

    # then
    assert last_reply(services).send_at.isoformat() == "2026-03-05T10:00:00+00:00"
    assert "Choose a day and a time first." in browser.get("/conversations/1").text


def test_only_those_who_answer_keep_replies_back(services: Services, browser: Any) -> None:
    browser.log_in("dan")
    assert browser.post("/replies/1/withdraw").status_code == 403


def test_through_the_api_the_same_rules_hold(
    services: Services, as_person: Callable[[str], FlaskClient]
) -> None:
    # given
    ana = as_person("ana")
    data = {**ANSWER, "refund": None}

    # when
    blocked = ana.post("/api/user-tasks/1/complete", json={"data": {**data, "answer": PHONE}})
    later = {"data": {**data, "send_at": "2026-03-09T09:00:00+00:00"}}
    taken = ana.post("/api/user-tasks/1/complete", json=later)
    number = last_reply(services).reply_id
    held = ana.post(f"/api/replies/{number}/hold")
    put_off = ana.post(f"/api/replies/{number}/put-off", json={"until": "2026-03-10T09:00:00Z"})
    far = ana.post(f"/api/replies/{number}/put-off", json={"until": "2036-03-10T09:00:00Z"})
    released = ana.post(f"/api/replies/{number}/release")
    withdrawn = ana.post(f"/api/replies/{number}/withdraw")
    late = ana.post(f"/api/replies/{number}/withdraw")

    # then
    assert (blocked.status_code, taken.status_code) == (422, 200)
    assert "holds a phone number" in blocked.get_json()["detail"]
    assert held.get_json()["held_by"] == "ana"
    assert put_off.get_json()["send_at"].startswith("2026-03-10T09:00")
    assert (far.status_code, released.status_code) == (422, 200)
    assert withdrawn.get_json()["withdrawn_by"] == "ana"
    assert late.status_code == 409


def test_an_operator_changes_what_may_be_said(
    installation: Installation, engine: Engine, browser: Any
) -> None:
    # given
    browser.log_in("oli")
    composing = installation.services("default").outbox.composing
    sent = {f"level-{name}": "block" for name in Rules().levels} | {"level-link": "off"}

    # when
    kept = browser.post("/settings/replies", **sent, banned="never\n", regions="gb", grace="20")
    refused = browser.post("/settings/replies", **sent, regions="Mars", grace="x")

    # then
    assert (kept.status_code, refused.status_code) == (303, 422)
    assert "Write a number of seconds." in refused.text
    rules = composing.rules()
    assert (rules.banned, rules.regions, rules.grace) == (("never",), ("GB",), 20)
    assert rules.levels["link"].value == "off"
    assert "a banned phrase" in browser.post("/settings/replies/try", text="Never!").text
    assert "Nothing stands in its way" in browser.post("/settings/replies/try", text="Yes.").text
