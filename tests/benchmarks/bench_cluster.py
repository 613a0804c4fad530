"""How many events a second a cluster takes through inbox, lock, advance and commit.

A PostgreSQL server that flushes every commit, and ``corral worker`` processes, on this machine.
Each event is a message for an instance that waits for it: it is written to the inbox, the instance
is locked, run to its next wait and written, its history and its new wait with it. The events come
from one more process, in transactions of 50 as the intake of a page makes them.

``cluster_events_1``, ``_2``, ``_4``: events a second with so many workers, from the first event
until the last one is applied; who sends takes part of the same processors. What transactions of
one event each give, from four threads, is said beside it.

The floor writes and deletes the rows of the same inbox, and writes those of instances, waits and
history, with bare SQL, in transactions of 50 and on as many connections as there are workers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import psycopg.rows
from sqlalchemy import text

from engine import Engine, Source
from engine.messages import Message
from engine.waking.cluster import ClusterWaker
from tests.benchmarks.workers import workers
from tools.bench import Figure, Run
from tools.postgres import database, server

INSTANCES, EVENTS, PAGE = 1000, 10_000, 50
SINGLE, SENDERS = 400, 4
WORKERS = (1, 2, 4)
BAR = 500.0
HEARS = Path(__file__).with_name("hears.bpmn")


def measure(run: Run) -> Mapping[str, Figure]:
    """Measure with 1, 2 and 4 workers, each in a database of its own."""
    found = {}
    with server(run.folder / "postgres") as address:
        # Starting them is most of the time when there is little to do.
        for count in WORKERS if run.shrink == 1 else (2,):
            url = database(address, f"cluster_{count}")
            found[f"cluster_events_{count}"] = rate(run, url, count)
    return found


def rate(run: Run, url: str, count: int) -> Figure:
    """Return the rate of so many workers."""
    events = max(EVENTS // run.shrink, PAGE)
    with closing(Engine.open(url)) as engine:
        engine.use_waker(ClusterWaker(engine))
        waiting(engine, max(INSTANCES // run.shrink, PAGE))
        floor = events / bare_seconds(url, engine, events, count)
        with workers(url, run.folder, count):
            settled(engine)
            begun = time.perf_counter()
            for page in pages(engine, events, PAGE):
                send(engine, page)
            settled(engine)
            many = events / (time.perf_counter() - begun)
            begun = time.perf_counter()
            single = max(SINGLE // run.shrink, SENDERS)
            with ThreadPoolExecutor(SENDERS) as senders:
                list(senders.map(lambda page: send(engine, page), pages(engine, single, 1)))
            settled(engine)
            few = single / (time.perf_counter() - begun)
        heard(engine, events + single)
    run.say(f"{count} worker(s): {many:.0f} events/s; one event a transaction: {few:.0f}/s")
    return Figure(many, "events/s", floor, BAR, more_is_better=True)


def waiting(engine: Engine, count: int) -> None:
    """Start instances; each is left to be run to where it waits for news."""
    engine.deploy([Source(HEARS.name, HEARS.read_bytes())])
    for first in range(0, count, PAGE):
        with engine.transaction() as uow:
            for number in range(first, min(first + PAGE, count)):
                engine.start("hears", {"key": f"k{number}"}, within=uow)
    engine.sweep()


def pages(engine: Engine, events: int, size: int) -> Iterator[list[Message]]:
    """Yield messages for one instance after the other, in pages."""
    count = one(engine, "SELECT count(*) FROM instance")
    for first in range(0, events, size):
        yield [Message("news", f"k{n % count}", {}) for n in range(first, first + size)]


def send(engine: Engine, page: Sequence[Message]) -> None:
    """Correlate a page in one transaction, as the intake does; nothing is advanced in it."""
    with engine.transaction() as uow:
        engine.correlate_all(page, within=uow)


def settled(engine: Engine) -> None:
    """Wait until every event is applied."""
    look = threading.Event()
    while one(engine, "SELECT 1 FROM inbox LIMIT 1"):
        look.wait(0.02)


def heard(engine: Engine, events: int) -> None:
    """Fail unless each event was applied once."""
    done = sum(instance.variables["heard"] for instance in each(engine))
    if done != events:
        raise RuntimeError(f"{events} events were sent, and {done} were applied.")


def each(engine: Engine) -> Iterator[Any]:
    """Yield the instances with their variables."""
    with engine.reading() as uow:
        ids = list(uow.connection.execute(text("SELECT id FROM instance ORDER BY id")).scalars())
    for id in ids:
        yield engine.instance(id)


def one(engine: Engine, query: str) -> Any:
    """Return the one value of a query, or None."""
    with engine.reading() as uow:
        return uow.connection.execute(text(query)).scalar()


def bare_seconds(url: str, engine: Engine, events: int, connections: int) -> float:
    """Return how long the bare rows of so many events take, on so many connections."""
    rows = Rows(url.replace("postgresql+psycopg", "postgresql"), engine)
    share = events // PAGE // connections
    begun = time.perf_counter()
    with ThreadPoolExecutor(connections) as threads:
        list(threads.map(rows.write, [share] * connections, range(connections)))
    return (time.perf_counter() - begun) * (events // PAGE) / max(share * connections, 1)


class Rows:
    """The rows that an event makes and takes, written with bare SQL."""

    def __init__(self, address: str, engine: Engine) -> None:
        """Look at what there is: the instances that wait, and their rows."""
        self._address = address
        with psycopg.connect(address, row_factory=psycopg.rows.dict_row) as connection:
            self._waits = list(connection.execute("SELECT * FROM subscription ORDER BY id"))
            self._lines = list(connection.execute("SELECT * FROM history ORDER BY id LIMIT 4"))
            with engine.transaction() as uow:
                engine.correlate_all([Message("news", "k0", {})], within=uow)
                uow.inbox.keep()  # type: ignore[attr-defined]  # as at the end of a transaction
                sample = uow.connection.execute(text("SELECT * FROM inbox")).mappings().one()
                self._event = dict(sample)
                uow.connection.execute(text("DELETE FROM inbox"))
        for row in (self._event, *self._lines):
            del row["id"]

    def write(self, count: int, which: int) -> None:
        """Write and take what so many pages of events do, for instances of our own."""
        own = self._waits[which :: max(WORKERS)]
        with psycopg.connect(self._address) as connection:
            for number in range(count):
                page = [own[(number * PAGE + n) % len(own)] for n in range(PAGE)]
                owners = [{"instance_id": wait["instance_id"]} for wait in page]
                put(connection, "inbox", [self._event | owner for owner in owners])
                connection.commit()
                connection.cursor().executemany(
                    "DELETE FROM inbox WHERE instance_id = %(instance_id)s", owners
                )
                connection.cursor().executemany(
                    "UPDATE instance SET revision = revision, state = state "
                    "WHERE id = %(instance_id)s",
                    owners,
                )
                connection.cursor().executemany(
                    "DELETE FROM subscription WHERE instance_id = %(instance_id)s", owners
                )
                put(connection, "subscription", {wait["id"]: wait for wait in page}.values())
                lines = [line | owner for owner in owners for line in self._lines]
                put(connection, "history", lines)
                connection.commit()


def put(connection: psycopg.Connection[Any], table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows as they are."""
    some = list(rows)
    names = list(some[0])
    columns = ", ".join(f'"{name}"' for name in names)
    values = ", ".join(f"%({name})s" for name in names)
    statement = f"INSERT INTO {table} ({columns}) VALUES ({values})"
    connection.cursor().executemany(statement.encode(), some)
