"""A customer changes, or takes back, what an agent is about to answer: the agent sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import processes
from channels.intake import Intake
from channels.model import Author, ChannelAccount, Edit, Mention, Page
from tests.webapp.conftest import SetClock
from webapp.bootstrap import Installation

Tell = Callable[..., None]


@pytest.fixture
def tell(installation: Installation, clock: SetClock, browser: Any) -> Tell:
    """A complaint that waits for an answer; what is returned takes another page, an hour later."""
    services = installation.services("default")
    services.engine.deploy(processes.files("complaint"))
    account: ChannelAccount = services.conversations.ensure_account("demo", "northwind_care")
    intake = Intake(services.engine)
    author = Author("id-maya", "maya", "Maya")
    said = Mention("p1", author, "This is unacceptable! My Kettle is broken.", clock.now(), "p1")
    intake.take(account, Page((said,)))
    clock.pass_by(timedelta(hours=1))
    browser.log_in("ana")

    def tell(**page: Any) -> None:
        intake.take(account, Page(**page))
        services.engine.sweep()

    return tell


def test_nothing_is_said_while_nothing_changed(tell: Tell, browser: Any) -> None:
    assert "a mention" not in browser.get("/tasks/1/state").text


def test_changed_words_are_told_above_the_form_and_shown_with_the_old_ones(
    tell: Tell, browser: Any, clock: SetClock
) -> None:
    # when
    tell(edits=(Edit("p1", "My Toaster is broken.", clock.now()),))

    # then
    assert "changed a mention" in browser.get("/tasks/1/state").text
    shown = browser.get("/tasks/1").text
    assert "changed a mention" in shown and "Toaster" in shown and "Kettle" in shown


def test_words_taken_back_are_told_and_gone(tell: Tell, browser: Any) -> None:
    # when
    tell(deletions=("p1",))

    # then
    shown = browser.get("/tasks/1").text
    assert "took a mention back" in shown
    assert "Kettle" not in shown


def test_a_user_task_that_came_after_the_change_does_not_tell_of_it(
    tell: Tell, browser: Any, clock: SetClock, installation: Installation
) -> None:
    # given
    engine = installation.services("default").engine
    tell(edits=(Edit("p1", "My Toaster is broken.", clock.now()),))

    # when: nobody answers, so that a supervisor is asked
    clock.pass_by(timedelta(hours=5))
    engine.fire_due(clock.now())

    # then
    (task,) = engine.user_tasks()
    assert "changed a mention" not in browser.get(f"/tasks/{task.id}/state").text
