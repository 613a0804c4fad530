"""The embedded waker advances, fires, sweeps and polls in threads of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import InstanceStatus
from engine.waking.embedded import EmbeddedWaker
from engine.waking.inline import InlineWaker
from tests.engine.conftest import Bench

TASK = {"is": "user_task", "at": "answer"}
#: Far longer than anything here takes; only a broken waker waits so long.
PATIENCE = 20


@pytest.fixture
def file_bench(tmp_path: Path) -> Iterator[Bench]:
    """Return an engine on a file: the waker's thread and ours use connections of their own."""
    opened = Bench(f"sqlite:///{tmp_path / 'corral.sqlite'}")
    yield opened
    opened.engine.close()


@pytest.fixture
def waker(file_bench: Bench) -> Iterator[EmbeddedWaker]:
    """Return a waker in use, that is not started yet, and stopped in the end."""
    made = EmbeddedWaker(file_bench.engine, sweep_every=3600)
    file_bench.engine.use_waker(made)
    yield made
    made.stop()


def left_behind(bench: Bench) -> int:
    """Return an instance whose first event waits in its inbox."""
    with bench.engine.transaction() as uow:
        return bench.engine.start("care", within=uow).id


def test_what_a_commit_leaves_behind_is_advanced(file_bench: Bench, waker: EmbeddedWaker) -> None:
    # given
    file_bench.deploy("care", {"any": [TASK]})
    waker.start()

    # when
    ids = [left_behind(file_bench) for _ in range(5)]

    # then
    assert waker.settle(PATIENCE)
    assert [len(file_bench.engine.user_tasks(id)) for id in ids] == [1] * 5


def test_given_a_dead_process_when_the_next_one_starts_then_its_sweep_goes_on(
    file_bench: Bench, waker: EmbeddedWaker
) -> None:
    # given
    file_bench.deploy("care", {"any": [TASK]})
    file_bench.engine.use_waker(InlineWaker(lambda ids: None))
    instance = left_behind(file_bench)
    file_bench.engine.use_waker(waker)

    # when
    waker.start()

    # then
    assert waker.settle(PATIENCE)
    assert len(file_bench.engine.user_tasks(instance)) == 1


def test_timers_that_came_due_while_nothing_ran_fire_at_the_start(
    file_bench: Bench, waker: EmbeddedWaker
) -> None:
    # given
    file_bench.deploy("care", {"any": [{"is": "timer", "at": "late", "in": 60}]})
    instance = file_bench.engine.start("care")
    file_bench.clock.move(hours=1)

    # when
    waker.start()

    # then
    assert waker.settle(PATIENCE)
    assert file_bench.engine.instance(instance.id).status is InstanceStatus.COMPLETED


def test_a_timer_set_while_it_runs_is_fired_by_the_clock(
    file_bench: Bench, waker: EmbeddedWaker
) -> None:
    # given
    ended = threading.Event()
    file_bench.engine.on_change(
        lambda changes: ended.set() if not file_bench.engine.next_due() else None
    )
    file_bench.deploy("care", {"any": [{"is": "timer", "at": "late", "in": 0}]})
    waker.start()
    assert waker.settle(PATIENCE)

    # when
    instance = file_bench.engine.start("care")

    # then
    assert ended.wait(PATIENCE)
    assert waker.settle(PATIENCE)
    assert file_bench.engine.instance(instance.id).status is InstanceStatus.COMPLETED


def test_polls_are_called_again_and_again_and_may_fail(waker: EmbeddedWaker) -> None:
    # given
    enough = threading.Event()
    calls: list[str] = []

    def poll() -> None:
        calls.append(threading.current_thread().name)
        if len(calls) >= 3:
            enough.set()
        raise ConnectionError("the network is down")

    waker.add_poll("x", 0.01, poll)

    # when
    waker.start()

    # then
    assert enough.wait(PATIENCE)
    assert threading.current_thread().name not in calls


def test_a_poll_that_outlasts_its_interval_is_left_alone_and_warned_of_nowhere(
    waker: EmbeddedWaker, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    calls: list[None] = []
    looks = threading.Semaphore(0)
    over = threading.Event()

    def slow() -> None:
        calls.append(None)
        over.wait(PATIENCE)

    # when: the clock has come round often
    waker.add_poll("slow", 0.01, slow)
    waker.add_poll("quick", 0.02, looks.release)
    waker.start()
    came_round = [looks.acquire(timeout=PATIENCE) for _ in range(10)]
    called = len(calls)
    over.set()

    # then
    assert all(came_round)
    assert called == 1
    assert caplog.records == []


def test_stopping_waits_for_running_polls_and_applies_what_was_asked_for(
    file_bench: Bench, waker: EmbeddedWaker
) -> None:
    # given: a poll that is at work, and leaves an instance behind, when we stop
    file_bench.deploy("care", {"any": [TASK]})
    running, stop_asked = threading.Event(), threading.Event()
    made: list[int] = []

    def poll() -> None:
        running.set()
        stop_asked.wait(PATIENCE)
        made.append(left_behind(file_bench))

    waker.add_poll("x", 3600, poll)
    waker.start()
    assert running.wait(PATIENCE)

    # when
    stopping = threading.Thread(target=waker.stop)
    stopping.start()
    stop_asked.set()
    stopping.join(PATIENCE)

    # then
    assert not stopping.is_alive()
    assert len(file_bench.engine.user_tasks(made[0])) == 1


def test_work_that_fails_does_not_end_the_thread(file_bench: Bench, waker: EmbeddedWaker) -> None:
    # given
    file_bench.deploy("care", {"any": [TASK]})
    waker.start()
    file_bench.runner.before_run = lambda: 1 / 0
    first = left_behind(file_bench)
    assert waker.settle(PATIENCE)

    # when
    file_bench.runner.before_run = lambda: None
    second = left_behind(file_bench)
    waker.wake([first])

    # then
    assert waker.settle(PATIENCE)
    assert [len(file_bench.engine.user_tasks(id)) for id in (first, second)] == [1, 1]


def test_starting_twice_is_a_mistake_and_stopping_twice_is_none(waker: EmbeddedWaker) -> None:
    waker.start()
    with pytest.raises(RuntimeError, match="already"):
        waker.start()
    waker.stop()
    waker.stop()


def test_the_inline_waker_goes_on_with_what_advancing_wakes() -> None:
    # given
    seen: list[list[int]] = []

    def advance(ids: object) -> None:
        batch = list(ids)  # type: ignore[call-overload]
        seen.append(batch)
        if batch[0] < 3:
            waker.wake([batch[0] + 1])

    waker = InlineWaker(advance)

    # when
    waker.wake([1])

    # then
    assert seen == [[1], [2], [3]]
