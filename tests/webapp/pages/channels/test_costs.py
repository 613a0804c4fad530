"""What an account costs and what its network allows: on its page, in the API, on the command line.

The clock of limits is that of the database, so theirs end long after these tests.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from channels.budgets import Budget, Purpose
from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import Cost, Page
from channels.storage import budgets
from tests.webapp.conftest import SetClock
from webapp.bootstrap import Installation

LATER = datetime(2999, 1, 1, tzinfo=UTC)
READ = (Cost("mention", 40, 40_000), Cost("post_read", 2, 10_000))


@pytest.fixture
def account(installation: Installation, clock: SetClock) -> int:
    """An account on X that has cost five cents, and hears of two limits."""
    engine = installation.services("default").engine
    found = Conversations(engine).ensure_account(
        "x", "northwind", settings={"budget_day": 0.08, "budget_month": 2}
    )
    Intake(engine).take(found, Page(costs=READ))
    with engine.transaction() as uow:
        heard = [
            Budget("mentions", 120, LATER, Purpose.READING, 300),
            Budget("calls", 90, LATER, Purpose.BOTH, 300),
        ]
        budgets.keep(uow.connection, uow.workspace_id, found.id, heard)
    return found.id


def test_the_page_says_what_was_spent_what_remains_and_what_stops(
    account: int, browser: Any
) -> None:
    # when
    browser.log_in("oli")
    shown = browser.get(f"/channels/{account}").text

    # then
    for told in (
        *("Costs and limits", "$0.05", "of $0.08", "of $2.00", "$0.03 more"),
        *("Post read", "$0.01", "120", "of 300", "it is not read; replies go out"),
        "it is not read from 75 on, kept for replies; at 0 those wait too",
    ):
        assert told in shown, told


def test_a_budget_that_is_used_up_says_so(
    account: int, browser: Any, installation: Installation
) -> None:
    # given
    engine = installation.services("default").engine
    Intake(engine).take(Conversations(engine).account(account).account, Page(costs=READ))

    # when
    browser.log_in("oli")
    shown = browser.get(f"/channels/{account}").text

    # then
    assert "nothing more" in shown
    assert "replies are still sent" in shown


def test_an_account_that_costs_nothing_has_no_such_section(
    installation: Installation, browser: Any
) -> None:
    free = installation.services("default").conversations.ensure_account("demo", "acme")
    browser.log_in("oli")
    assert "Costs and limits" not in browser.get(f"/channels/{free.id}").text


def test_the_api_says_the_same(account: int, browser: Any) -> None:
    # when
    browser.log_in("oli")
    (told,) = browser.get("/api/channels").get_json()["items"]

    # then
    assert told["spent"] == {
        "day": 50_000,
        "month": 50_000,
        "budget_day": 80_000,
        "budget_month": 2_000_000,
        "left": 30_000,
        "by_kind": {"mention": 40_000, "post_read": 10_000},
    }
    limits = {one["bucket"]: one for one in told["limits"]}
    assert limits["mentions"]["remaining"] == 120
    assert limits["calls"]["purpose"] == "both"
