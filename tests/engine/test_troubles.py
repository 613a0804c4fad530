"""A database that is away for a night must not fill the disk with what is said about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
import structlog
from structlog.testing import LogCapture

from engine.errors import StorageError
from engine.troubles import EVERY, Troubles
from engine.waking.clock import safely


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    structlog.reset_defaults()
    capture = LogCapture()
    structlog.configure(processors=[capture])
    yield capture.entries
    structlog.reset_defaults()


def test_a_trouble_is_told_when_it_begins_when_it_changes_and_each_minute_while_it_lasts() -> None:
    # given
    seconds = [0.0]
    troubles = Troubles(lambda: seconds[0])

    # when
    told = []
    for at, why in ((0, "away"), (1, "away"), (2, "full"), (EVERY, "full"), (EVERY + 2, "full")):
        seconds[0] = at
        told.append(troubles.is_news("timers", why))

    # then
    assert told == [True, False, True, False, True]
    assert troubles.is_news("outbox", "full")


def test_a_trouble_is_over_once_and_news_when_it_comes_back() -> None:
    # given
    troubles = Troubles()
    troubles.is_news("timers", "away")

    # when
    over = [troubles.over("timers"), troubles.over("timers")]

    # then
    assert over == [True, False]
    assert troubles.is_news("timers", "away")


def test_given_work_that_fails_each_second_then_the_log_says_so_once_and_when_it_goes_on(
    logged: list[Any],
) -> None:
    # given
    def fails() -> NoReturn:
        raise StorageError("the server is away")

    # when
    for call in (fails, fails, fails, list, list):
        safely("a poll of this test", call)

    # then
    assert [(line["event"], line["work"]) for line in logged] == [
        ("background work failed and is tried again", "a poll of this test"),
        ("background work goes on", "a poll of this test"),
    ]
