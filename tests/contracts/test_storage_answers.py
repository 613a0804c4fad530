"""An answer that a person was thanked for is applied, whatever happens at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from engine import Completion, InstanceStatus, UserTaskStatus
from engine.errors import UserTaskClosedError
from engine.history import What
from engine.ports import Event, EventKind
from engine.waking.inline import InlineWaker
from tests.engine.conftest import Bench

ANSWER = {"is": "user_task", "at": "answer", "queue": "care"}
LATE = {"is": "timer", "at": "late", "in": 60}
STOP = {"is": "message", "at": "stopped", "name": "stop", "key": "k"}
CHECK = {"is": "user_task", "at": "check"}


@pytest.fixture
def both(database_of: Callable[[str], str]) -> Iterator[tuple[Bench, Bench]]:
    """Return a worker and a process of pages, which wakes nobody, on one PostgreSQL database."""
    url = database_of("postgresql")
    one, other = Bench(url), Bench(url)
    other.core.waker = InlineWaker(lambda _ids: None)
    with closing(one.engine), closing(other.engine):
        yield one, other


def meanwhile(one: Bench, act: Callable[[], None]) -> None:
    """Do ``act`` while ``one`` holds the next instance it runs."""

    def once() -> None:
        one.runner.before_run = lambda: None
        act()

    one.runner.before_run = once


@pytest.mark.postgres
@pytest.mark.parametrize("cause", ["timer", "message", "cancel"])
def test_an_answer_that_was_taken_stands_before_what_cuts_its_user_task_off_at_that_moment(
    both: tuple[Bench, Bench], cause: str
) -> None:
    # given
    worker, pages = both
    worker.deploy("care", {"any": [ANSWER, LATE, STOP]}, {"any": [CHECK]})
    instance = worker.engine.start("care")
    (task,) = worker.engine.user_tasks(instance.id)
    told: list[Completion] = []

    # when
    meanwhile(worker, lambda: told.append(pages.engine.complete(task.id, {"a": 1}, by="ana")))
    if cause == "timer":
        worker.engine.fire_due(worker.clock.move(minutes=5))
    elif cause == "message":
        worker.engine.correlate("stop", "k", {"a": 2})
    else:
        worker.engine.cancel(instance.id, by="ida")

    # then
    assert [each.applied for each in told] == [False]
    entries = [(each.element, each.what, each.by) for each in worker.engine.history(instance.id)]
    assert ("answer", "completed", "ana") in entries
    assert worker.engine.variables(instance.id) == {"a": 1}


def test_an_answer_stands_before_a_message_that_came_first_and_was_not_applied_yet(
    bench: Bench,
) -> None:
    # given
    bench.deploy("care", {"any": [ANSWER, STOP]}, {"any": [CHECK]})
    instance = bench.engine.start("care")
    (task,) = bench.engine.user_tasks(instance.id)
    bench.core.waker = InlineWaker(lambda _ids: None)
    with bench.engine.transaction() as uow:
        bench.engine.correlate("stop", "k", {"a": 2}, within=uow)

    # when
    done = bench.engine.complete(task.id, {"a": 1}, by="ana")

    # then
    assert done.applied
    assert bench.engine.variables(instance.id) == {"a": 1}
    told = [(each.element, each.what, each.by) for each in bench.engine.history(instance.id)]
    assert ("answer", "completed", "ana") in told


def test_an_answer_that_comes_too_late_is_refused_and_stays_in_the_history(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [ANSWER]}, {"any": [CHECK]})
    instance = bench.engine.start("care")
    (task,) = bench.engine.user_tasks(instance.id)
    with bench.engine.transaction() as uow:
        cancel = Event(EventKind.CANCEL, by="ida")
        uow.inbox.add([(instance.id, cancel)])  # type: ignore[attr-defined]

    # when
    with pytest.raises(UserTaskClosedError):
        bench.engine.complete(task.id, {"a": 1}, by="ana")

    # then
    assert bench.engine.instance(instance.id).status is InstanceStatus.CANCELLED
    assert bench.engine.user_task(task.id).status is UserTaskStatus.CANCELLED
    (late,) = [each for each in bench.engine.history(instance.id) if each.by == "ana"]
    assert (late.element, late.what, late.detail) == ("answer", What.TOO_LATE, {"a": 1})
