"""Refusals and faults: the same text for people and programs, and never a traceback."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from apiflask import APIFlask

from channels.errors import ChannelUnavailableError
from engine import Engine
from engine.errors import (
    AlreadyClaimedError,
    FormRejectedError,
    NotFoundError,
    StaleRevisionError,
    StorageError,
    UserTaskClosedError,
)
from webapp.people import LoginTakenError, UnknownPersonError
from webapp.problems import status_of


@pytest.fixture
def failing(app: APIFlask, browser: Any):
    """Let a page and an API route raise an error, and return a caller for it."""
    raised: list[Exception] = []

    def fail() -> str:
        raise raised[0]

    app.add_url_rule("/fails", "fails", fail)
    app.add_url_rule("/api/fails", "api_fails", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    browser.log_in("ana")

    def call(path: str, error: Exception, **headers: str):
        raised[:] = [error]
        return browser.get(path, headers=headers)

    return call


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFoundError("instance", 7), 404),
        (UnknownPersonError("bob"), 404),
        (AlreadyClaimedError(1, "bob"), 409),
        (UserTaskClosedError(1, "completed"), 409),
        (StaleRevisionError("Try again."), 409),
        (LoginTakenError("bob"), 422),
        (FormRejectedError({"text": "Write something."}), 422),
        (StorageError("The disk is full."), 503),
        (ChannelUnavailableError("The network is down."), 503),
    ],
)
def test_each_refusal_has_its_status(error: Exception, status: int) -> None:
    assert status_of(error) == status


def test_a_page_and_the_api_say_the_same(failing: Any) -> None:
    # when
    page = failing("/fails", AlreadyClaimedError(1, "bob"))
    problem = failing("/api/fails", AlreadyClaimedError(1, "bob"))

    # then
    text = "bob has already claimed this user task."
    assert (page.status_code, page.mimetype) == (409, "text/html")
    assert text in page.text
    assert problem.json["detail"].startswith(text)
    assert problem.json["status"] == 409


@pytest.mark.parametrize("first", ["the person", "the page"])
def test_given_a_database_that_is_away_then_a_person_who_is_logged_in_is_told_so(
    failing: Any, browser: Any, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    # given
    def away(*_: Any, **__: Any) -> NoReturn:
        raise StorageError("The database cannot be used.")

    monkeypatch.setattr(Engine, "count_incidents", away)
    if first == "the person":
        monkeypatch.setattr(Engine, "reading", away)

    # when
    page = failing("/fails", StorageError("The database cannot be used."))
    monkeypatch.undo()

    # then
    assert (page.status_code, page.mimetype) == (503, "text/html")
    assert "The database cannot be used." in page.text
    assert browser.get("/inbox").status_code == 200


def test_a_fragment_gets_the_sentence_alone(failing: Any) -> None:
    # when
    answer = failing("/fails", AlreadyClaimedError(1, "bob"), **{"HX-Request": "true"})

    # then
    assert answer.mimetype == "text/plain"
    assert answer.text.startswith("bob has already claimed")


def test_a_rejected_form_names_its_fields(failing: Any) -> None:
    # when
    answer = failing("/api/fails", FormRejectedError({"text": "Write something."}))

    # then
    assert answer.json["errors"] == {"text": "Write something."}


def test_a_fault_of_our_own_is_a_sentence_without_a_trace(failing: Any) -> None:
    # when
    page = failing("/fails", ZeroDivisionError("secret detail"))
    problem = failing("/api/fails", ZeroDivisionError("secret detail"))

    # then
    assert page.status_code == problem.status_code == 500
    assert "Something broke on our side" in page.text
    for text in (page.text, problem.text):
        assert "ZeroDivisionError" not in text and "secret detail" not in text


def test_text_of_people_is_escaped_in_the_page(failing: Any) -> None:
    # when
    answer = failing("/fails", AlreadyClaimedError(1, "<script>alert(1)</script>"))

    # then
    assert "<script>alert(1)" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


def test_an_upload_over_the_limit_says_how_much_is_allowed(browser: Any) -> None:
    # given
    browser.log_in("dan")

    # when
    answer = browser.client.post(
        "/api/lint",
        data=b"x" * (10 * 1024 * 1024 + 1),
        headers={"X-CSRFToken": browser.token()},
    )

    # then
    assert answer.status_code == 413
    assert "10 MB" in answer.json["detail"]


def test_an_address_that_is_not_there_is_a_page(browser: Any) -> None:
    # when
    answer = browser.get("/nowhere")

    # then
    assert answer.status_code == 404
    assert "There is no such page." in answer.text


def test_a_wrong_method_names_the_right_ones(browser: Any) -> None:
    # when
    answer = browser.get("/logout")

    # then
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
