"""What the waker of many processes promises beyond the contract: workers die, freeze and come back.

The processes here are houses in one process; ``tests/crash`` does the same with real ones.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from engine import Engine, What
from engine.errors import StorageError
from engine.waking.cluster import ClusterWaker
from engine.waking.wakeups import prepare
from tests.contracts.houses import OFTEN, House, Opened, houses
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.postgres
TASK = {"is": "user_task", "at": "answer"}
FREE = {"is": "message", "at": "hear", "name": "news", "key": "k"}


@pytest.fixture
def address(database_of: Callable[[str], str]) -> str:
    """Return the address of a new database."""
    return database_of("postgresql")


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Return what opens houses; they are stopped and closed in the end."""
    with houses() as opening:
        yield opening


def asked(house: House, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Return the rows of a query, asked on a connection of our own."""
    with psycopg.connect(**house.engine.storage.address(), autocommit=True) as connection:
        cursor = connection.execute(query, values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def wakeups(house: House) -> list[list[int]]:
    """Return the instances of each wake-up that waits or is taken."""
    found = asked(house, "SELECT args->'ids' FROM procrastinate_jobs WHERE task_name = 'advance'")
    return sorted(ids for (ids,) in found)


def test_a_wake_up_commits_with_the_work_or_not_at_all(address: str, opened: Opened) -> None:
    # given: a process that takes none
    house = opened(address)
    house.deploy("care", {"any": [TASK]})

    # when
    kept = house.leave("care")
    with pytest.raises(ZeroDivisionError), house.engine.transaction() as uow:
        house.engine.start("care", within=uow)
        1 / 0  # noqa: B018

    # then
    assert wakeups(house) == [kept]


def test_what_is_advanced_in_its_own_transaction_needs_no_wake_up(
    address: str, opened: Opened
) -> None:
    # given
    house = opened(address)
    house.deploy("care", {"any": [TASK]})

    # when
    instance = house.engine.start("care").id

    # then
    assert house.waiting([instance]) == [1]
    assert wakeups(house) == []


def test_a_large_transaction_becomes_several_wake_ups(address: str, opened: Opened) -> None:
    # given
    house = opened(address)
    house.deploy("care", {"any": [TASK]})

    # when
    ids = house.leave("care", 120)

    # then
    assert wakeups(house) == [ids[:50], ids[50:100], ids[100:]]


def test_done_wake_ups_leave_nothing_behind(address: str, opened: Opened) -> None:
    # given
    house = opened(address)
    house.deploy("care", {"any": [TASK]})
    house.waker.start()

    # when
    ids = house.leave("care", 120)

    # then
    until(lambda: house.waiting(ids) == [1] * 120)
    until(lambda: wakeups(house) == [])
    house.waker.stop()
    assert asked(house, "SELECT * FROM procrastinate_workers") == []


def test_a_wake_up_of_a_killed_worker_is_put_back(address: str, opened: Opened) -> None:
    # given: a worker took it, and gave no sign of life for an hour
    house = opened(address)
    house.deploy("care", {"any": [TASK]})
    ids = house.leave("care")
    asked(
        house,
        "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) "
        "VALUES (now() - interval '1 hour') RETURNING id) "
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id FROM dead",
    )

    # when
    house.waker.start()

    # then
    until(lambda: house.waiting(ids) == [1])
    until(lambda: wakeups(house) == [])


def test_a_wake_up_out_of_retries_stays_to_be_seen_and_the_sweep_takes_the_instance(
    address: str, opened: Opened
) -> None:
    # given: one that was tried often, and cannot be understood
    house = opened(address, OFTEN)
    house.deploy("care", {"any": [TASK]})
    ids = house.leave("care")
    asked(house, 'UPDATE procrastinate_jobs SET attempts = 5, args = \'{"ids": ["x"]}\'')

    # when
    house.waker.start()

    # then
    until(lambda: house.waiting(ids) == [1])
    until(
        lambda: asked(house, "SELECT status FROM procrastinate_jobs WHERE id = 1") == [("failed",)]
    )


def test_two_workers_never_run_one_instance_at_once(address: str, opened: Opened) -> None:
    # given
    workers = [opened(address, OFTEN) for _ in range(2)]
    overlaps, running, lock = [], [0], threading.Lock()
    pause = threading.Event()

    def watch() -> None:
        with lock:
            running[0] += 1
            overlaps.append(running[0])
        pause.wait(0.005)
        with lock:
            running[0] -= 1

    first = workers[0]
    steps = [{"any": [FREE | {"at": f"hear{n}"}]} for n in range(20)]
    first.deploy("care", *steps, {"any": [TASK]})
    instance = first.engine.start("care", correlation_key="k").id
    for each in workers:
        each.runner.before_run = watch
        each.waker.start()

    # when: each event comes in a transaction of its own, from both sides
    for n in range(20):
        house = workers[n % 2]
        with house.engine.transaction() as uow:
            house.engine.correlate("news", "k", {f"n{n}": n}, within=uow)

    # then: none was lost, none was applied twice
    until(lambda: first.waiting([instance]) == [1])
    assert set(overlaps) == {1}
    heard = [each for each in first.engine.history(instance) if each.element != "answer"]
    done = [each.element for each in heard if each.what is What.COMPLETED]
    assert sorted(done) == sorted(f"hear{n}" for n in range(20))


def test_a_worker_that_was_declared_dead_cannot_write_over_its_successor(
    address: str, opened: Opened
) -> None:
    # given: a worker that freezes in the middle of a run
    zombie, successor = opened(address), opened(address, OFTEN)
    zombie.deploy("care", {"any": [TASK]})
    frozen, thawed = threading.Event(), threading.Event()

    def freeze() -> None:
        frozen.set()
        assert thawed.wait(PATIENCE)

    zombie.runner.before_run = freeze
    zombie.waker.start()
    (instance,) = zombie.leave("care")
    assert frozen.wait(PATIENCE)

    # when: the server gives up its connection, another worker goes on, and it comes back
    asked(
        zombie,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND state = 'idle in transaction'",
    )
    successor.waker.start()
    until(lambda: successor.waiting([instance]) == [1])
    before = successor.engine.history(instance)
    thawed.set()
    zombie.waker.stop()

    # then
    assert successor.engine.history(instance) == before
    assert successor.waiting([instance]) == [1]
    assert successor.engine.incidents() == []
    assert wakeups(successor) == []


def test_the_server_ends_what_a_frozen_worker_holds(address: str, opened: Opened) -> None:
    # given: how long is a matter of the server; that it was told is ours
    house = opened(address)

    # when
    with house.engine.transaction() as uow:
        told = uow.connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar()

    # then
    assert told == "5min"
    assert house.engine.storage.address()["keepalives_idle"] == 30


def test_an_instance_that_is_held_for_long_stops_no_other(address: str, opened: Opened) -> None:
    # given
    house = opened(address)
    house.deploy("care", {"any": [TASK]})
    (held,) = house.leave("care")

    # when
    with psycopg.connect(**house.engine.storage.address()) as other:
        other.execute("SELECT id FROM instance WHERE id = %s FOR UPDATE", (held,))
        house.waker.start()
        rest = house.leave("care", 60)
        until(lambda: house.waiting(rest) == [1] * 60)
        assert house.waiting([held]) == [0]

    # then
    until(lambda: house.waiting([held]) == [1])


def test_workers_share_the_timers_that_are_due(address: str, opened: Opened) -> None:
    # given: many due at once
    workers = [opened(address) for _ in range(2)]
    first = workers[0]
    first.deploy("care", {"any": [{"is": "timer", "at": "late", "in": 60}]}, {"any": [TASK]})
    ids = first.leave("care", 300)
    first.engine.advance(ids)

    # when
    for each in workers:
        each.clock.move(hours=1)
        each.waker.start()

    # then: each fired once
    until(lambda: first.engine.next_due() is None)
    assert first.waiting(ids) == [1] * 300
    done = [entry.element for id in ids for entry in first.engine.history(id)]
    assert done.count("late") == 2 * 300  # entered and left, each once


def test_it_goes_on_when_the_database_was_away(address: str, opened: Opened) -> None:
    # given
    house = opened(address, OFTEN)
    house.deploy("care", {"any": [TASK]})
    house.waker.start()
    before = house.leave("care", 3)
    until(lambda: house.waiting(before) == [1] * 3)

    # when: every connection is cut, and has been by the time somebody wants one
    asked(
        house,
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    after = house.leave("care", 3)

    # then
    until(lambda: house.waiting(after) == [1] * 3)
    until(lambda: wakeups(house) == [])
    assert house.waker.running


def test_processes_that_start_at_once_make_the_tables_once(postgres_url: str) -> None:
    # given
    with closing(Engine.open(postgres_url)) as engine:
        place = engine.storage.address()

    # when
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(prepare, [place] * 4))

    # then
    with psycopg.connect(**place) as connection:
        assert connection.execute("SELECT count(*) FROM wakeup_version").fetchone() == (1,)


def test_a_role_that_may_not_make_tables_works_on_those_that_are_there(
    address: str, opened: Opened
) -> None:
    # given: as docs/operating/cluster.md has it
    house = opened(address)
    house.deploy("care", {"any": [TASK]})
    role = f"plain_{house.engine.storage.address()['dbname']}"
    asked(house, f"CREATE ROLE {role} LOGIN")
    for what in (
        "SELECT, INSERT, UPDATE, DELETE ON ALL TABLES",
        "USAGE ON ALL SEQUENCES",
        "EXECUTE ON ALL FUNCTIONS",
    ):
        asked(house, f"GRANT {what} IN SCHEMA public TO {role}")

    # when
    plain = opened(make_url(address).set(username=role).render_as_string(hide_password=False))
    plain.waker.start()
    ids = plain.leave("care", 3)

    # then
    until(lambda: plain.waiting(ids) == [1, 1, 1])
    plain.waker.stop()
    plain.engine.close()
    asked(house, f"DROP OWNED BY {role}")
    asked(house, f"DROP ROLE {role}")


def test_tables_of_an_older_version_are_upgraded(address: str, opened: Opened) -> None:
    # given: the last step of Procrastinate's is missing
    house = opened(address)
    trigger = "procrastinate_trigger_status_events_update_v1"
    before = "03.04.00_01_pre_add_retry_failed_job_procedure"
    asked(house, f"DROP TRIGGER {trigger} ON procrastinate_jobs")
    asked(house, "UPDATE wakeup_version SET version = %s", before)

    # when
    ClusterWaker(house.engine)

    # then
    assert asked(house, "SELECT version FROM wakeup_version") > [(before,)]
    assert asked(house, "SELECT 1 FROM pg_trigger WHERE tgname = %s", trigger) == [(1,)]


def test_tables_of_a_newer_program_are_left_alone(address: str, opened: Opened) -> None:
    # given
    house = opened(address)
    asked(house, "UPDATE wakeup_version SET version = '99.00.00_01_later'")

    # when, then
    with pytest.raises(StorageError, match="newer than this program"):
        ClusterWaker(house.engine)


def test_sqlite_is_refused_with_what_to_do() -> None:
    with (
        closing(Engine.in_memory()) as engine,
        pytest.raises(StorageError, match="need PostgreSQL"),
    ):
        ClusterWaker(engine)


def test_a_wake_up_that_cannot_be_stored_takes_the_work_with_it(
    address: str, opened: Opened
) -> None:
    # given: somebody took the tables away
    house = opened(address)
    house.deploy("care", {"any": [TASK]})
    asked(house, "DROP TABLE procrastinate_jobs CASCADE")

    # when
    with pytest.raises(StorageError, match="wake-up"):
        house.leave("care")

    # then
    assert house.engine.instances() == []
