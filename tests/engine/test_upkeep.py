"""Timers fire once, nothing is left behind, and one bad instance stops no other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import InstanceStatus
from engine.errors import StaleRevisionError
from tests.engine.conftest import Bench, flow
from tests.wakers import Deaf

LATE = {"is": "timer", "at": "late", "in": 60}
TASK = {"is": "user_task", "at": "answer"}


def test_a_timer_fires_when_it_is_due_and_not_before(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [LATE]})
    instance = bench.engine.start("care")
    assert bench.engine.next_due() == bench.clock.now() + timedelta(seconds=60)

    # when
    early = bench.engine.fire_due(bench.clock.move(seconds=59))
    due = bench.engine.fire_due(bench.clock.move(seconds=1))

    # then
    assert (early, due) == (0, 1)
    assert bench.engine.instance(instance.id).status is InstanceStatus.COMPLETED
    assert bench.engine.fire_due(bench.clock.move(hours=1)) == 0


def test_many_timers_fire_in_batches_of_all_workspaces(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [LATE]})
    second = bench.engine.create_workspace("second", "Second")
    second.deploy([flow("care", {"any": [LATE]})])
    for _ in range(60):
        bench.engine.start("care")
    second.start("care")

    # when
    fired = bench.engine.pump(bench.clock.move(hours=1))

    # then
    assert fired == 61
    assert bench.engine.next_due() is None


def test_a_timer_that_is_armed_anew_fires_again(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [LATE | {"every": 60}, TASK]})
    instance = bench.engine.start("care")

    # when
    fired = [bench.engine.fire_due(bench.clock.move(seconds=60)) for _ in range(3)]

    # then
    assert fired == [1, 1, 1]
    assert bench.engine.instance(instance.id).status is InstanceStatus.ACTIVE


def test_given_a_death_between_commit_and_wake_up_when_swept_then_it_goes_on(
    bench: Bench,
) -> None:
    # given
    bench.deploy("care", {"any": [TASK]})
    bench.engine.use_waker(Deaf())
    with bench.engine.transaction() as uow:
        instance = bench.engine.start("care", within=uow)
    assert bench.engine.user_tasks(instance.id) == []

    # when
    swept = bench.engine.sweep()

    # then
    assert swept == 1
    assert len(bench.engine.user_tasks(instance.id)) == 1
    assert bench.engine.sweep() == 0


def test_advancing_twice_does_nothing_the_second_time(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]})
    instance = bench.engine.start("care")
    before = bench.engine.history(instance.id)

    # when
    bench.engine.advance([instance.id, instance.id, 99])

    # then
    assert bench.engine.history(instance.id) == before
    assert bench.runner.runs == 1


def test_one_instance_that_cannot_be_run_stops_no_other(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [LATE]})
    bad = bench.engine.start("care", {"poison": True})
    good = [bench.engine.start("care").id for _ in range(3)]

    # when
    fired = bench.engine.fire_due(bench.clock.move(hours=1))

    # then: what fired waits in the inbox of the one, and no later look finds its timer again
    assert fired == 4
    assert bench.engine.next_due() is None
    assert bench.engine.instance(bad.id).status is InstanceStatus.ACTIVE
    assert {bench.engine.instance(id).status for id in good} == {InstanceStatus.COMPLETED}


def test_given_another_writer_in_between_when_advanced_then_it_is_tried_again(
    bench: Bench,
) -> None:
    # given: the first two attempts have to give way
    bench.deploy("care", {"any": [TASK]})
    attempts = iter([True, True, False, False])

    def give_way() -> None:
        if next(attempts):
            raise StaleRevisionError("another worker was first")

    bench.runner.before_run = give_way

    # when
    instance = bench.engine.start("care")

    # then
    assert bench.runner.runs == 3
    assert [each.id for each in bench.engine.instances()] == [instance.id]


def test_a_transaction_that_always_has_to_give_way_says_so_in_the_end(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]})

    def give_way() -> None:
        raise StaleRevisionError("another worker was first")

    bench.runner.before_run = give_way

    # when, then
    with pytest.raises(StaleRevisionError):
        bench.engine.start("care")
    assert bench.engine.instances() == []


def test_processes_that_wake_each_other_for_ever_do_not_hang(bench: Bench) -> None:
    # given: each round the instance hears its own message, and throws it again
    wait = {"is": "message", "at": "hear", "name": "ping", "key": "k"}
    bench.deploy("loop", {"throw": "ping", "key": "k"}, {"any": [wait]}, {"again": 0})
    bench.engine.use_waker(Deaf())

    # when
    instance = bench.engine.start("loop")

    # then: it stops after a while, and what is left goes on with the next wake-up
    assert 50 < bench.runner.runs < 500
    assert bench.engine.advance([instance.id]) == 1


def test_a_transaction_inside_another_of_the_same_thread_is_refused_at_once(bench: Bench) -> None:
    with bench.engine.transaction(), pytest.raises(RuntimeError, match="within="):
        bench.engine.correlate("mention")


def test_a_reader_inside_a_transaction_in_memory_sees_what_was_written(bench: Bench) -> None:
    bench.deploy("care", {"any": [TASK]})
    with bench.engine.transaction() as uow:
        instance = bench.engine.start("care", within=uow)
        assert bench.engine.instance(instance.id).status is InstanceStatus.ACTIVE
