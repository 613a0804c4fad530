"""How fast due timers are fired, how late they are, and what a look costs when none is due.

Each instance waits at a user task with a reminder, made by SQL as copies of one. A timer that fires
is taken, applied by the engine, and leaves two lines of history: all of it counts. Nothing is
measured before it is committed.

``timers_drain_sqlite``, ``timers_drain_postgresql``: 100,000 timers due at once, a second. On
SQLite one process pumps; on PostgreSQL two ``corral worker`` processes do, against a durable
server. The floor takes and deletes the same timers, and writes the same rows of instances and
history, in batches of the same size, with bare SQL and one connection.

``timers_idle_pump_ms``: one pump with 1,000,000 timers pending and none due, on PostgreSQL. The
floor asks the database for the earliest timer.

``timers_lateness_p99``: seconds between due date and commit, 300 due a second, two workers. Rows
are looked at every 20 ms, and that counts as late too. The floor deletes what is due, and nothing
else, every quarter of a second.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import text

from engine import Engine
from tests.benchmarks import copies
from tests.benchmarks.workers import workers
from tools.bench import Figure, Run
from tools.postgres import database, server

DUE = 100_000
PENDING = 1_000_000
A_SECOND, SECONDS = 300, 12
#: Pumps of which the median is taken; seconds between two looks at what is late.
LOOKS, LOOK = 200, 0.02
BATCH = 50
LATER = timedelta(days=31)


def measure(run: Run) -> Mapping[str, Figure]:
    """Measure all of it, SQLite first."""
    found = {"timers_drain_sqlite": drained_on_sqlite(run)}
    with server(run.folder / "postgres") as address:
        found["timers_drain_postgresql"] = drained_on_postgresql(run, database(address, "drain"))
        found["timers_idle_pump_ms"] = idle(run, database(address, "idle"))
        found["timers_lateness_p99"] = lateness(run, database(address, "late"))
    return found


def drained_on_sqlite(run: Run) -> Figure:
    """Return the rate of one process that pumps until nothing is due."""
    count = DUE // run.shrink
    with closing(Engine.open(f"sqlite:///{run.folder / 'bare.sqlite'}")) as engine:
        copies.errands(engine, max(count // 5, BATCH))
        floor = bare_rate(engine, max(count // 5, BATCH))
    with closing(Engine.open(f"sqlite:///{run.folder / 'corral.sqlite'}")) as engine:
        copies.errands(engine, count)
        rate = pumped_rate(engine, count, engine.clock.now() + LATER)
    run.say(f"SQLite, one process: {rate:.0f} timers/s")
    return Figure(rate, "timers/s", floor, 2000.0, more_is_better=True)


def drained_on_postgresql(run: Run, url: str) -> Figure:
    """Return the rate of two worker processes, and say that of one."""
    count = DUE // run.shrink
    part = max(count // 5, BATCH)
    with closing(Engine.open(url)) as engine:
        copies.errands(engine, count + 2 * part)
        floor = bare_rate(engine, part)
        soon = "UPDATE timer SET due_at = now() WHERE id IN (SELECT id FROM timer LIMIT :part)"
        execute(engine, soon, part=part)
        alone = pumped_rate(engine, part, engine.clock.now() + timedelta(seconds=1))
        run.say(f"PostgreSQL, one process: {alone:.0f} timers/s")
        with workers(url, run.folder, 2):
            # All of them are due at the same moment, which has not come when this is written.
            moment = datetime.now(UTC) + timedelta(seconds=1 + count / 5000)
            execute(engine, "UPDATE timer SET due_at = :moment", moment=moment)
            execute(engine, "ANALYZE timer")
            threading.Event().wait(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
            begun = time.perf_counter()
            while scalar(engine, "SELECT 1 FROM timer LIMIT 1"):
                threading.Event().wait(0.1)
            seconds = time.perf_counter() - begun
    run.say(f"PostgreSQL, two workers: {count / seconds:.0f} timers/s")
    return Figure(count / seconds, "timers/s", floor, 2000.0, more_is_better=True)


def pumped_rate(engine: Engine, count: int, moment: datetime) -> float:
    """Let one process fire ``count`` timers that are due at a moment; return how many a second."""
    begun, fired = time.perf_counter(), 0
    while some := engine.pump(moment):
        fired += some
    seconds = time.perf_counter() - begun
    if fired != count:
        raise RuntimeError(f"{fired} timers fired, and {count} were due.")
    return fired / seconds


def bare_rate(engine: Engine, count: int) -> float:
    """Take, delete and write the rows of timers with bare SQL; return how many a second."""
    with engine.reading() as uow:
        line = dict(uow.connection.execute(text("SELECT * FROM history LIMIT 1")).mappings().one())
        state = uow.connection.execute(text("SELECT state FROM instance LIMIT 1")).scalar_one()
    del line["id"]
    columns = ", ".join(f'"{name}"' for name in line)
    record = text(f"INSERT INTO history ({columns}) VALUES ({', '.join(':' + n for n in line)})")
    write = text("UPDATE instance SET revision = revision, state = :state WHERE id = :id")
    remove = text("DELETE FROM timer WHERE id = :id")
    take = text(f"SELECT id, instance_id FROM timer ORDER BY due_at LIMIT {BATCH}")
    begun = time.perf_counter()
    for _ in range(count // BATCH):
        with engine.transaction() as uow:
            rows = uow.connection.execute(take).all()
            uow.connection.execute(remove, [{"id": row.id} for row in rows])
            uow.connection.execute(write, [{"id": r.instance_id, "state": state} for r in rows])
            uow.connection.execute(
                record, [line | {"instance_id": r.instance_id} for r in rows for _ in range(2)]
            )
    return count // BATCH * BATCH / (time.perf_counter() - begun)


def idle(run: Run, url: str) -> Figure:
    """Return the milliseconds of a pump that finds nothing due among many timers."""
    with closing(Engine.open(url)) as engine:
        copies.errands(engine, 2)
        copies.timers(engine, PENDING // run.shrink)
        now = engine.clock.now()
        pumps = [milliseconds(lambda: engine.pump(now)) for _ in range(LOOKS)]
        earliest = "SELECT min(due_at) FROM timer"
        bare = [milliseconds(lambda: scalar(engine, earliest)) for _ in range(LOOKS)]
    middle, floor = statistics.median(pumps), statistics.median(bare)
    return Figure(middle, "ms", floor, 5.0, more_is_better=False)


def lateness(run: Run, url: str) -> Figure:
    """Return the seconds that 99 of 100 timers are late at most, at a steady rate."""
    count = A_SECOND * max(SECONDS // run.shrink, 1)
    with closing(Engine.open(url)) as engine:
        copies.errands(engine, 2 * count)
        middle = scalar(engine, "SELECT id FROM timer ORDER BY id LIMIT 1 OFFSET :n", n=count)
        over = threading.Event()
        sweeper = threading.Thread(target=sweep, args=(url, over))
        sweeper.start()
        floor = watched(engine, f"id < {middle}", count)
        over.set()
        sweeper.join()
        with workers(url, run.folder, 2):
            late = watched(engine, f"id >= {middle}", count)
    share = f"median {statistics.median(late):.2f} s, worst {max(late):.2f} s"
    run.say(f"{count} timers at {A_SECOND}/s, two workers: late by {share}")
    return Figure(percentile(late), "s", percentile(floor), 1.0, more_is_better=False)


def sweep(url: str, over: threading.Event) -> None:
    """Delete what is due, four times a second: what any pump has to do at least."""
    address = url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address, autocommit=True) as connection:
        while not over.wait(0.25):
            connection.execute("DELETE FROM timer WHERE due_at <= now()")


def watched(engine: Engine, which: str, count: int) -> list[float]:
    """Let timers come due one after the other, and return how late each was gone."""
    execute(
        engine,
        "UPDATE timer SET due_at = now() + interval '2 seconds' + "
        f"number * interval '1 second' / {A_SECOND} FROM (SELECT id AS of, "
        f"row_number() OVER (ORDER BY id) AS number FROM timer WHERE {which}) AS each "
        "WHERE timer.id = of",
    )
    overdue = (
        "SELECT id, CAST(extract(epoch FROM clock_timestamp() - due_at) AS float) FROM timer "
        f"WHERE due_at <= clock_timestamp() AND {which}"
    )
    late: dict[int, float] = {}
    look = threading.Event()
    while scalar(engine, f"SELECT 1 FROM timer WHERE {which} LIMIT 1"):
        with engine.reading() as uow:
            late |= {row[0]: row[1] for row in uow.connection.execute(text(overdue))}
        look.wait(LOOK)
    # What was never seen late was gone between two looks, and the others were gone after the last.
    return [seconds + LOOK for seconds in late.values()] + [LOOK] * (count - len(late))


def percentile(values: Sequence[float]) -> float:
    """Return what 99 of 100 values do not exceed."""
    return sorted(values)[int(len(values) * 0.99)]


def milliseconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def scalar(engine: Engine, query: str, **values: object) -> Any:
    """Return the one value of a query, or None."""
    with engine.reading() as uow:
        return uow.connection.execute(text(query), values).scalar()


def execute(engine: Engine, statement: str, **values: object) -> None:
    """Run a statement in a transaction of its own."""
    with engine.transaction() as uow:
        uow.connection.execute(text(statement), values)
