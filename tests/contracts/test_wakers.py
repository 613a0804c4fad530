"""What every waker promises, over the port: embedded in one process, and the cluster."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from engine import InstanceStatus
from tests.contracts.houses import OFTEN, Opened, houses
from tests.waiting import PATIENCE, until
from tests.wakers import Deaf

TASK = {"is": "user_task", "at": "answer"}


@pytest.fixture(params=["embedded", pytest.param("cluster", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, database_of: Callable[[str], str]) -> str:
    """Return the address of a new database, as each waker wants it."""
    return database_of("file" if request.param == "embedded" else "postgresql")


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Return what opens houses; they are stopped and closed in the end."""
    with houses() as opening:
        yield opening


def test_what_a_commit_leaves_behind_is_done(address: str, opened: Opened) -> None:
    # given
    house = opened(address)
    house.deploy("care", {"any": [TASK]})
    house.waker.start()

    # when: more than one batch, and more than one wake-up
    ids = house.leave("care") + house.leave("care", 120)

    # then
    until(lambda: house.waiting(ids) == [1] * 121)


def test_what_is_rolled_back_is_not_done(address: str, opened: Opened) -> None:
    # given
    house = opened(address)
    house.deploy("care", {"any": [TASK]})
    house.waker.start()

    # when
    with pytest.raises(ZeroDivisionError), house.engine.transaction() as uow:
        house.engine.start("care", within=uow)
        1 / 0  # noqa: B018
    after = house.leave("care")

    # then
    until(lambda: house.waiting(after) == [1])
    assert [each.id for each in house.engine.instances()] == after
    assert house.runner.runs == 1


def test_what_was_left_before_the_start_is_done_after_it(address: str, opened: Opened) -> None:
    # given
    house = opened(address)
    house.deploy("care", {"any": [TASK]})
    ids = house.leave("care", 3)
    assert house.waiting(ids) == [0, 0, 0]

    # when
    house.waker.start()

    # then
    until(lambda: house.waiting(ids) == [1, 1, 1])


def test_an_event_for_a_busy_instance_is_applied_later(address: str, opened: Opened) -> None:
    # given: an instance that the waker is at work on
    house = opened(address)
    waits = [{"is": "message", "at": name, "name": name, "key": "k"} for name in ("one", "two")]
    house.deploy("care", {"all": waits}, {"any": [TASK]})
    instance = house.engine.start("care", correlation_key="k").id
    busy, free = threading.Event(), threading.Event()

    def hold() -> None:
        busy.set()
        assert free.wait(PATIENCE)

    house.runner.before_run = hold
    house.waker.start()
    with house.engine.transaction() as uow:
        house.engine.correlate("one", "k", within=uow)
    assert busy.wait(PATIENCE)

    # when
    second = threading.Thread(target=lambda: house.engine.correlate("two", "k"))
    second.start()
    free.set()
    second.join(PATIENCE)

    # then
    until(lambda: house.waiting([instance]) == [1])


def test_a_timer_is_fired_when_it_is_due(address: str, opened: Opened) -> None:
    # given
    house = opened(address)
    house.deploy("care", {"any": [{"is": "timer", "at": "late", "in": 60}]})
    house.waker.start()
    instance = house.engine.start("care").id
    assert house.status(instance) is InstanceStatus.ACTIVE

    # when: its time has come, and somebody sets another one
    house.clock.move(seconds=61)
    house.deploy("soon", {"any": [{"is": "timer", "at": "late", "in": 0}]})
    other = house.engine.start("soon").id

    # then
    until(lambda: house.status(instance) is InstanceStatus.COMPLETED)
    until(lambda: house.status(other) is InstanceStatus.COMPLETED)
    assert house.engine.next_due() is None


def test_a_timer_that_ended_with_its_wait_never_fires(address: str, opened: Opened) -> None:
    # given: whichever comes first, the agent or the timer
    house = opened(address)
    late = {"is": "timer", "at": "late", "in": 60}
    house.deploy("care", {"any": [TASK, late]}, {"any": [TASK]})
    house.waker.start()
    instance = house.engine.start("care").id
    (task,) = house.engine.user_tasks(instance)

    # when
    house.engine.complete(task.id, {}, by="ana")
    house.clock.move(hours=1)
    house.deploy("soon", {"any": [{"is": "timer", "at": "late", "in": 0}]})
    other = house.engine.start("soon").id

    # then
    until(lambda: house.status(other) is InstanceStatus.COMPLETED)
    assert len(house.engine.user_tasks(instance)) == 1
    assert house.status(instance) is InstanceStatus.ACTIVE


def test_a_poll_is_called_again_and_again_and_may_fail(address: str, opened: Opened) -> None:
    # given
    house = opened(address)
    calls: list[str] = []

    def poll() -> None:
        calls.append(threading.current_thread().name)
        raise ConnectionError("the network is down")

    house.waker.add_poll("x", 0.01, poll)
    assert calls == []

    # when
    house.waker.start()

    # then
    until(lambda: len(calls) >= 3)
    assert threading.current_thread().name not in calls


def test_stopping_waits_for_running_work(address: str, opened: Opened) -> None:
    # given: a run that is at work when we stop
    house = opened(address)
    house.deploy("care", {"any": [TASK]})
    running, stopping = threading.Event(), threading.Event()

    def hold() -> None:
        running.set()
        assert stopping.wait(PATIENCE)

    house.runner.before_run = hold
    house.waker.start()
    ids = house.leave("care")
    assert running.wait(PATIENCE)

    # when
    stop = threading.Thread(target=house.waker.stop)
    stop.start()
    stopping.set()
    stop.join(PATIENCE)

    # then
    assert not stop.is_alive()
    assert house.waiting(ids) == [1]
    assert not house.waker.running


def test_what_comes_after_the_stop_is_left_for_the_next_start(address: str, opened: Opened) -> None:
    # given
    first = opened(address)
    first.deploy("care", {"any": [TASK]})
    first.waker.start()
    first.waker.stop()
    ids = first.leave("care", 3)
    assert first.waiting(ids) == [0, 0, 0]

    # when
    second = opened(address)
    second.waker.start()

    # then
    until(lambda: second.waiting(ids) == [1, 1, 1])


def test_the_sweep_finds_what_nobody_was_told_of(address: str, opened: Opened) -> None:
    # given: a process that dies between its commit and the wake-up
    house = opened(address, OFTEN)
    house.deploy("care", {"any": [TASK]})
    house.engine.use_waker(Deaf())
    ids = house.leave("care", 3)
    house.engine.use_waker(house.waker)

    # when
    house.waker.start()

    # then
    until(lambda: house.waiting(ids) == [1, 1, 1])


def test_an_instance_that_cannot_be_run_stops_no_other(address: str, opened: Opened) -> None:
    # given
    house = opened(address)
    house.deploy("care", {"any": [{"is": "message", "at": "hear", "name": "n", "key": "k"}]})
    bad = house.engine.start("care", {"poison": True}, correlation_key="k").id
    house.deploy("other", {"any": [TASK]})
    house.waker.start()

    # when
    with house.engine.transaction() as uow:
        house.engine.correlate("n", "k", within=uow)
        good = [house.engine.start("other", within=uow).id for _ in range(5)]

    # then
    until(lambda: house.waiting(good) == [1] * 5)
    until(lambda: [each.instance_id for each in house.engine.incidents()] == [bad])


def test_starting_twice_is_a_mistake_and_stopping_twice_is_none(
    address: str, opened: Opened
) -> None:
    house = opened(address)
    house.waker.stop()
    house.waker.start()
    assert house.waker.running
    with pytest.raises(RuntimeError, match="already"):
        house.waker.start()
    house.waker.stop()
    house.waker.stop()
    assert not house.waker.running
