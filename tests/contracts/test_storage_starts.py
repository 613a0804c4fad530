"""Start timers on every database: once for each time that comes, whoever looks and whoever dies."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from engine.starting import start_due
from tests.engine.conftest import Bench
from tests.wakers import Deaf

TASK = {"is": "user_task", "at": "answer", "queue": "care"}


class KilledError(Exception):
    """The process ends here."""


@pytest.fixture
def hourly(bench: Bench) -> Bench:
    """Return an engine in which three processes are due in an hour."""
    for key in ("one", "two", "three"):
        bench.deploy(key, {"any": [TASK]}, timer_starts={"tick": "R/PT1H"})
    return bench


def test_two_pumps_at_the_same_time_start_each_instance_once(hourly: Bench, ready_url: str) -> None:
    # given
    other = Bench(ready_url) if ready_url != "sqlite://" else hourly
    now = hourly.clock.move(hours=1)
    together = threading.Barrier(2)

    def look(bench: Bench) -> None:
        together.wait(20)
        bench.engine.pump(now)

    # when
    threads = [threading.Thread(target=look, args=(each,)) for each in (hourly, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    # then
    assert sorted(each.key for each in hourly.engine.instances()) == ["one", "three", "two"]
    assert len(hourly.engine.user_tasks()) == 3
    assert hourly.engine.next_due() == now + timedelta(hours=1)
    if other is not hourly:
        other.engine.close()


def test_given_a_kill_before_the_commit_when_looked_at_again_then_each_starts_once(
    hourly: Bench,
) -> None:
    # given
    now = hourly.clock.move(hours=1)
    with pytest.raises(KilledError), hourly.engine.transaction() as uow:
        assert start_due(uow, now=now, limit=50) == 3  # type: ignore[arg-type]
        raise KilledError
    assert hourly.engine.instances() == []

    # when
    found = hourly.engine.pump(now), hourly.engine.pump(now)

    # then
    assert found == (3, 0)


def test_given_a_kill_after_the_commit_when_swept_then_what_was_started_goes_on(
    hourly: Bench,
) -> None:
    # given
    waker, hourly.core.waker = hourly.core.waker, Deaf()
    now = hourly.clock.move(hours=1)
    hourly.engine.pump(now)
    assert hourly.engine.user_tasks() == []

    # when
    hourly.core.waker = waker
    hourly.engine.sweep()

    # then
    assert len(hourly.engine.user_tasks()) == 3
    assert hourly.engine.pump(now) == 0


def test_more_starts_than_a_batch_are_all_made(bench: Bench) -> None:
    # given
    for number in range(60):
        bench.deploy(f"p{number}", {"any": [TASK]}, timer_starts={"tick": "R1/PT1H"})

    # when
    found = bench.engine.pump(bench.clock.move(hours=1))

    # then
    assert found == 60
    assert bench.engine.next_due() is None


def test_a_signal_starts_and_is_rolled_back_with_its_transaction(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, signal_starts=["alarm"])
    with pytest.raises(KilledError), bench.engine.transaction() as uow:
        bench.engine.signal("alarm", within=uow)
        raise KilledError

    # when
    reached = bench.engine.signal("alarm")

    # then
    assert reached == 1
    assert len(bench.engine.instances()) == 1
