"""The clock that the processes of a database agree on, and what the hosts' clocks do to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from engine import Engine
from engine.errors import StorageError
from engine.storage.clock import KEPT, DatabaseClock
from engine.storage.database import Database

pytestmark = pytest.mark.postgres


class Watched(Database):
    """A database that tells when it was asked, and may be away."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.away = False
        self.asked = threading.Semaphore(0)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        try:
            if self.away:
                raise StorageError("the server is away")
            with super().read() as connection:
                yield connection
        finally:
            self.asked.release()


class Passing:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def database(postgres_url: str) -> Iterator[Watched]:
    opened = Watched(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def passing() -> Passing:
    return Passing()


@pytest.fixture
def clock(database: Watched, passing: Passing) -> DatabaseClock:
    made = DatabaseClock(database, passing=passing)
    assert database.asked.acquire(timeout=30)
    return made


def test_it_tells_the_time_of_the_server_and_goes_on_by_what_passes_here(
    clock: DatabaseClock, passing: Passing, database: Watched
) -> None:
    # given
    with database.read() as connection:
        later: Any = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    first = clock.now()

    # when
    passing.seconds += KEPT / 2

    # then
    assert first.utcoffset() == timedelta(0)
    assert first <= later
    assert clock.now() - first == timedelta(seconds=KEPT / 2)


def test_a_reading_that_is_old_is_made_anew_without_keeping_anybody_waiting(
    clock: DatabaseClock, passing: Passing, database: Watched
) -> None:
    # given: a host that believes an hour has passed
    first = clock.now()
    passing.seconds += 3600

    # when
    at_once = clock.now()
    assert database.asked.acquire(timeout=30)

    # then
    until = threading.Event()
    for _ in range(3000):
        if clock.now() < at_once:
            break
        until.wait(0.01)
    assert at_once == first + timedelta(hours=1)
    assert first < clock.now() < at_once


def test_while_the_server_is_away_the_last_reading_serves_and_it_is_asked_now_and_then(
    clock: DatabaseClock, passing: Passing, database: Watched
) -> None:
    # given
    first = clock.now()
    database.away = True
    passing.seconds += KEPT + 1

    # when
    told = [clock.now() for _ in range(100)]
    assert database.asked.acquire(timeout=30)
    told += [clock.now() for _ in range(100)]

    # then
    assert set(told) == {first + timedelta(seconds=KEPT + 1)}
    assert not database.asked.acquire(timeout=0.1)


def test_an_engine_on_postgresql_goes_by_it_and_one_in_memory_by_the_machine(
    postgres_url: str,
) -> None:
    # given
    shared, alone = Engine.open(postgres_url), Engine.in_memory()

    # then
    assert isinstance(shared.clock, DatabaseClock)
    assert not isinstance(alone.clock, DatabaseClock)
    shared.close()
    alone.close()
