"""The clock of the wakers looks when it must, also when the clock of the machine is set back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from engine.errors import StorageError
from engine.waking.clock import WakingClock
from tests.engine.conftest import Bench

#: Far longer than anything here takes; and longer than a test runs.
PATIENCE, NEVER = 20, 3600.0


class Wall:
    """A clock on the wall: somebody can set it."""

    def __init__(self) -> None:
        """Start right."""
        self.wrong = 0.0

    def __call__(self) -> float:
        """Return the seconds it shows."""
        return time.time() + self.wrong


@pytest.fixture
def wall() -> Wall:
    """Return the clock of the machine."""
    return Wall()


def started(bench: Bench, wall: Wall, pumps: threading.Semaphore) -> WakingClock:
    """Return a clock that runs; its calls for a pump are counted."""
    made = WakingClock(
        bench.engine,
        pump=pumps.release,
        sweep=lambda: None,
        sweep_every=NEVER,
        look_every=NEVER,
        wall=wall,
    )
    made.start()
    return made


@pytest.fixture
def clock(bench: Bench, wall: Wall) -> Iterator[tuple[WakingClock, threading.Semaphore]]:
    """Return a clock that is started, and what counts its calls for a pump."""
    pumps = threading.Semaphore(0)
    made = started(bench, wall, pumps)
    yield made, pumps
    made.stop()


def test_what_is_planned_is_called_at_once_when_the_clock_is_set_back(
    clock: tuple[WakingClock, threading.Semaphore], wall: Wall
) -> None:
    # given: a poll that was called, and is planned for much later
    made, _ = clock
    calls = threading.Semaphore(0)
    made.every("poll", NEVER, calls.release)
    assert calls.acquire(timeout=PATIENCE)

    # when
    wall.wrong = -7200

    # then
    assert calls.acquire(timeout=PATIENCE)


def test_an_earlier_due_date_is_looked_at_earlier(
    bench: Bench, clock: tuple[WakingClock, threading.Semaphore]
) -> None:
    # given: the look at the start, and one planned for a day later
    made, pumps = clock
    assert pumps.acquire(timeout=PATIENCE)
    now = bench.clock.now()
    made.arm(now.replace(year=now.year + 1))

    # when
    made.arm(now)

    # then
    assert pumps.acquire(timeout=PATIENCE)


class Away:
    """An engine whose database does not answer."""

    def __init__(self, bench: Bench) -> None:
        """Take the clock of another one."""
        self.clock = bench.clock

    def next_due(self) -> None:
        """Fail as the storage does."""
        raise StorageError("The database cannot be used.")


def test_a_database_that_is_away_is_looked_at_again(bench: Bench) -> None:
    # given
    pumps = threading.Semaphore(0)
    clock = WakingClock(
        Away(bench),  # type: ignore[arg-type]
        pump=pumps.release,
        sweep=lambda: None,
        sweep_every=NEVER,
        look_every=0.01,
    )
    clock.start()
    assert pumps.acquire(timeout=PATIENCE)

    # when
    with pytest.raises(StorageError):
        clock.fire()

    # then
    assert pumps.acquire(timeout=PATIENCE)
    clock.stop()


def test_a_poll_that_adds_others_holds_up_no_stop(bench: Bench, wall: Wall) -> None:
    # given: one that adds them while the clock is stopped
    made = started(bench, wall, threading.Semaphore(0))
    begun, stopping = threading.Event(), threading.Event()

    def add() -> None:
        begun.set()
        stopping.wait(PATIENCE)
        for number in range(2_000):
            made.every(f"another {number % 2}", NEVER, str)

    made.every("poll", NEVER, add)
    assert begun.wait(PATIENCE)

    # when
    thread = threading.Thread(target=made.stop, daemon=True)
    thread.start()
    stopping.set()
    thread.join(PATIENCE)

    # then
    assert not thread.is_alive()
