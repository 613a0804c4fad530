"""What an observer is told: what was committed, once, and nothing that was rolled back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from engine import InstanceStatus
from engine.observing import Work
from engine.ports import EventKind
from tests.engine.conftest import Bench

LATE = {"is": "timer", "at": "late", "in": 60}
TASK = {"is": "user_task", "at": "answer"}
SEND = {"is": "job", "at": "send", "type": "reply.send", "retries": 2}


class Noted:
    """An observer that keeps what it is told."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.told: list[tuple[Work, datetime]] = []

    def committed(self, work: Work, now: datetime) -> None:
        """Keep both."""
        self.told.append((work, now))


def watched(bench: Bench, *steps: dict[str, Any]) -> Noted:
    """Deploy a process and return who is told of its instances."""
    bench.deploy("care", {"any": list(steps)} if steps else {"any": [TASK]})
    noted = Noted()
    bench.engine.use_observer(noted)
    return noted


def test_a_run_is_told_once_with_its_events_and_what_ended(bench: Bench) -> None:
    # given
    noted = watched(bench)

    # when
    instance = bench.engine.start("care")
    bench.engine.complete(bench.engine.user_tasks(instance.id)[0].id, {}, by="ana")

    # then
    (started, _), (completed, now) = noted.told
    assert started.events == {EventKind.STARTED: 1} and started.ended == {}
    assert completed.events == {EventKind.USER_TASK_COMPLETED: 1}
    assert completed.ended == {InstanceStatus.COMPLETED: 1}
    assert completed.instances == {instance.id}
    assert completed.seconds > 0
    assert now == bench.clock.now()


def test_timers_are_told_with_the_moment_they_were_due(bench: Bench) -> None:
    # given
    noted = watched(bench, LATE)
    bench.engine.start("care")
    due = bench.engine.next_due()
    noted.told.clear()

    # when
    bench.engine.pump(bench.clock.move(seconds=75))

    # then
    ((work, now),) = noted.told
    assert work.due == [due]
    assert (now - work.due[0]).total_seconds() == 15
    assert work.events == {EventKind.TIMER_DUE: 1}


def test_failed_attempts_and_incidents_are_told(bench: Bench) -> None:
    # given
    noted = watched(bench, SEND)
    (job,) = bench.engine.jobs(bench.engine.start("care").id)
    noted.told.clear()

    # when
    bench.engine.fail_job(job.id, "no network")
    bench.engine.fail_job(job.id, "no network")

    # then
    told = [(work.failures, work.stopped) for work, _ in noted.told]
    assert told == [(1, []), (1, [job.instance_id])]


def test_an_element_that_fails_is_told_with_its_instance(bench: Bench) -> None:
    # given
    noted = watched(bench, {"is": "failure", "at": "sum", "why": "x"})

    # when
    instance = bench.engine.start("care")

    # then
    ((work, _),) = noted.told
    assert (work.stopped, work.workspace) == ([instance.id], "default")


def test_what_is_rolled_back_is_not_told(bench: Bench) -> None:
    # given
    noted = watched(bench, SEND)
    (job,) = bench.engine.jobs(bench.engine.start("care").id)
    noted.told.clear()

    # when
    with pytest.raises(OSError, match="gone"), bench.engine.transaction() as uow:
        bench.engine.fail_job(job.id, "no network", within=uow)
        raise OSError("gone")

    # then
    assert noted.told == []


def test_a_transaction_that_concerns_no_instance_is_not_told(bench: Bench) -> None:
    # given
    noted = watched(bench)

    # when
    bench.deploy("other", {"any": [TASK]})

    # then
    assert noted.told == []


def test_an_observer_that_fails_changes_nothing(bench: Bench) -> None:
    # given
    class Broken(Noted):
        def committed(self, work: Work, now: datetime) -> None:
            super().committed(work, now)
            raise RuntimeError("nobody counts here")

    bench.deploy("care", {"any": [TASK]})
    broken = Broken()
    bench.engine.use_observer(broken)

    # when
    instance = bench.engine.start("care")

    # then
    assert len(broken.told) == 1
    assert bench.engine.instance(instance.id).status is InstanceStatus.ACTIVE
