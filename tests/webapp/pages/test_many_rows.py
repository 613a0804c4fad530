"""Pages ask the database as often for fifty rows as for one, and count no further than needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from engine import Engine
from webapp.filters import counted, total


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements that are run in the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    database = engine.storage.database.engine
    event.listen(database, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "address",
    [
        "/inbox",
        "/inbox/care",
        "/inbox?mine=1",
        "/instances",
        "/instances?at=look",
        "/instances?status=active",
        "/incidents",
        "/monitor",
        "/customers",
        "/processes",
        "/search?q=care",
    ],
)
def test_a_page_of_fifty_rows_needs_no_more_statements_than_one_of_one(
    browser: Any, engine: Engine, address: str
) -> None:
    # given
    browser.log_in("oli")
    _case(engine)
    with statements(engine) as one:
        assert browser.get(address).status_code == 200

    # when
    for _ in range(49):
        _case(engine)
    with statements(engine) as fifty:
        assert browser.get(address).status_code == 200

    # then
    assert len(fifty) == len(one)


def test_a_live_page_looks_up_all_that_is_gone_at_once(browser: Any, engine: Engine) -> None:
    # given a page that shows thirty user tasks, of which few or most are done by now
    browser.log_in("ana")
    for _ in range(30):
        engine.start("errand")
    tasks = engine.user_tasks()
    address = f"/inbox?shown={','.join(str(task.id) for task in tasks)}"
    live = {"HX-Request": "true"}
    engine.complete(tasks[0].id, by="mia")
    with statements(engine) as few:
        browser.get(address, headers=live)

    # when
    for task in tasks[1:20]:
        engine.complete(task.id, by="mia")
    with statements(engine) as many:
        page = browser.get(address, headers=live).get_data(as_text=True)

    # then
    assert len(many) == len(few)
    assert page.count("completed by mia") == 20


def test_a_number_tells_that_counting_ended_at_a_thousand() -> None:
    assert [counted(number) for number in (0, 999, 1000)] == ["0", "999", "1,000+"]


def test_a_sum_tells_that_one_of_its_numbers_was_not_counted_to_its_end() -> None:
    assert total([400, 700]) == "1,100"
    assert total([400, 1000]) == "1,400+"
    assert total([]) == "0"


def _case(engine: Engine) -> None:
    """Leave a claimed user task in one instance, and an incident in another."""
    engine.claim(engine.user_tasks(engine.start("errand").id)[0].id, by="oli")
    stuck = engine.start("errand")
    engine.complete(engine.user_tasks(stuck.id)[0].id, by="ana")
    engine.fail_job(engine.jobs(stuck.id)[0].id, "no")
