"""The inbox of a transaction: what it brings is applied without being stored, the rest is kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from engine import Engine
from engine.errors import UnsuitableValueError
from engine.ports import Event, EventKind
from tests.engine.conftest import Bench

ANSWER = {"is": "user_task", "at": "answer", "queue": "care"}
CHECK = {"is": "user_task", "at": "check"}


def stored(engine: Engine) -> int:
    """Return how many events others would find."""
    with engine.reading() as view:
        return int(view.connection.execute(text("SELECT count(*) FROM inbox")).scalar_one())


CLOSED = {
    "sqlite": "CREATE TRIGGER closed BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'no'); END",
    "postgresql": "ALTER TABLE inbox ADD CHECK (false) NOT VALID",
}


def test_what_is_applied_at_once_is_never_written(bench: Bench) -> None:
    # given an inbox that takes no row
    bench.deploy("care", {"any": [ANSWER]}, {"any": [CHECK]})
    with bench.engine.transaction() as uow:
        uow.connection.execute(text(CLOSED[uow.connection.dialect.name]))

    # when
    instance = bench.engine.start("care")
    (task,) = bench.engine.user_tasks(instance.id)
    done = bench.engine.complete(task.id, {"a": 1}, by="ana")

    # then
    assert done.applied
    assert bench.engine.variables(instance.id) == {"a": 1}


def test_what_nobody_takes_is_there_for_others_in_its_order(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [ANSWER]}, {"any": [ANSWER]}, {"any": [CHECK]})
    instance = bench.engine.start("care")
    events = [Event(EventKind.MESSAGE, name=name, payload={"of": name}) for name in ("m", "n")]

    # when
    with bench.engine.transaction() as uow:
        inbox: Any = uow.inbox  # type: ignore[attr-defined]
        inbox.add([(instance.id, events[0])])
        assert inbox.take({instance.id + 1}) == {}
        inbox.add([(instance.id, events[1])])
    before = stored(bench.engine)
    with bench.engine.transaction() as uow:
        uow.inbox.add([(instance.id, events[0])])  # type: ignore[attr-defined]
        found = uow.inbox.take({instance.id})  # type: ignore[attr-defined]

    # then
    assert before == 2
    assert [each.payload for each in found[instance.id]] == [{"of": "m"}, {"of": "n"}, {"of": "m"}]
    assert stored(bench.engine) == 0


def test_what_is_added_holds_what_the_table_would_hold(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [ANSWER]}, {"any": [CHECK]})
    instance = bench.engine.start("care")
    moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    mine = {"pair": (1, 2), "at": moment}

    # when
    with bench.engine.transaction() as uow:
        inbox: Any = uow.inbox  # type: ignore[attr-defined]
        inbox.add([(instance.id, Event(EventKind.MESSAGE, name="m", payload=mine))])
        mine["pair"] = (3, 4)
        (found,) = inbox.take({instance.id})[instance.id]

    # then
    assert found.payload == {"pair": [1, 2], "at": moment}


@pytest.mark.parametrize("value", [float("nan"), 2**70, object(), "\ud800"])
def test_what_no_table_holds_is_refused_when_it_is_added(bench: Bench, value: object) -> None:
    # given
    bench.deploy("care", {"any": [ANSWER]}, {"any": [CHECK]})
    instance = bench.engine.start("care")
    bad = Event(EventKind.MESSAGE, name="m", payload={"x": value})

    # when
    with pytest.raises(UnsuitableValueError), bench.engine.transaction() as uow:
        uow.inbox.add([(instance.id, bad)])  # type: ignore[attr-defined]

    # then
    assert stored(bench.engine) == 0
