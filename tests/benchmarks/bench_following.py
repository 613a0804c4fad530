"""How soon a complaint is a user task that people see, and what looking for complaints costs.

``following_p95``: seconds from a post on a stand-in for Mastodon until an agent could see its user
task, 200 posts a second, with one ``corral worker`` on a PostgreSQL server that flushes every
commit. Stand-in, worker and database share this machine. Whoever looks does so every 50 ms, and
that counts as late too. The floor is what a bare listener to the same stream needs.

``polling_cores``: percent of a core that ten accounts without news cost, each polled every 15 s:
budget, lease, call, and the state that is kept. The floor is a bare question on an open connection.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import psycopg

import processes
from channels.conversations import Conversations
from channels.intake import Intake
from channels.networks.mastodon import MastodonNetwork
from channels.polling import Poller
from channels.sealing import Seals
from channels.storage import prepare
from engine import Engine
from tests.benchmarks.percentiles import p95
from tests.benchmarks.posting import Crowd, crowd
from tests.benchmarks.workers import workers
from tests.networks.mastodon_server import TOKEN
from tools.bench import Figure, Run
from tools.postgres import database, server
from tools.program import clean_environment

RATE, POSTS = 200.0, 4_000
#: Complaints that come before, while everything is loaded for the first time.
WARM = 100
ACCOUNTS, EVERY, ROUNDS = 10, 15.0, 40
BAR, CORES_BAR = 2.0, 3.0
LOOK, PATIENCE = 0.05, 300.0
#: Tasks that were committed late may have smaller numbers than those that are known.
BEHIND = 2_000
SEEN = """
    SELECT t.id, extract(epoch FROM m.created_at) FROM user_task t
    JOIN instance i ON i.id = t.instance_id
    JOIN mention m ON m.conversation_id = split_part(i.business_key, ':', 2)::bigint
    WHERE t.id > %s"""


def measure(run: Run) -> Mapping[str, Figure]:
    """Measure both; PostgreSQL for the first, SQLite for the second."""
    with crowd() as people:
        cores = polled(run, people)
        floor = listened(people, max(int(POSTS / 10 / run.shrink), 20))
    with crowd() as people, server(run.folder / "postgres") as address:
        late = followed(run, people, database(address, "following"))
    run.say(f"95 of 100 complaints are user tasks after {late:.2f} s; polling {cores.value:.2f} %")
    return {
        "following_p95": Figure(late, "s", floor, BAR, more_is_better=False),
        "polling_cores": cores,
    }


def followed(run: Run, people: Crowd, url: str) -> float:
    """Return the p95 of the seconds until a complaint is a user task."""
    posts = max(POSTS // run.shrink, 40)
    with closing(Engine.open(url)) as engine:
        prepare(engine)
        engine.deploy(processes.files("complaint"))
        account(engine, people, "acme", {"poll_seconds": [1, 15]})
        with workers(url, run.folder, 1), psycopg.connect(url_of(url), autocommit=True) as looking:
            people.posts(RATE, WARM)
            people.done()
            seen = watch(looking, WARM, {})
            before = set(seen)
            people.posts(RATE, posts)
            watch(looking, WARM + posts, seen)
    return p95(late for task, late in seen.items() if task not in before)


def watch(looking: psycopg.Connection, count: int, seen: dict[int, float]) -> dict[int, float]:
    """Look until there are so many user tasks; note how late each was when it was first seen.

    Raises:
        RuntimeError: they do not come.
    """
    end = time.monotonic() + PATIENCE
    while len(seen) < count:
        newest = max(seen, default=0) - BEHIND
        for task, posted in looking.execute(SEEN, (newest,)).fetchall():
            seen.setdefault(task, time.time() - float(posted))
        if time.monotonic() > end:
            raise RuntimeError(f"{len(seen)} user tasks of {count} are there.")
        threading.Event().wait(LOOK)
    return seen


def listened(people: Crowd, count: int) -> float:
    """Return the p95 of the seconds until a bare listener has heard of a post."""
    there = urlsplit(people.address)
    with closing(HTTPConnection(there.hostname or "", there.port, timeout=60)) as line:
        line.request("GET", "/api/v1/streaming/user", headers=bearing())
        stream = line.getresponse()
        stream.readline()
        people.posts(RATE, count)
        late: list[float] = []
        while len(late) < count:
            told = stream.readline()
            if told.startswith(b"data: "):
                posted = datetime.fromisoformat(json.loads(told[6:])["created_at"])
                late.append(time.time() - posted.timestamp())
    people.done()
    return p95(late)


def polled(run: Run, people: Crowd) -> Figure:
    """Return the percent of a core that the accounts cost when there is nothing new."""
    rounds = max(ROUNDS // run.shrink, 2)
    clock = Clock()
    with closing(Engine.open(f"sqlite:///{run.folder / 'polling.sqlite'}", clock=clock)) as engine:
        prepare(engine)
        for number in range(ACCOUNTS):
            account(engine, people, f"acme{number}", {"poll_seconds": [EVERY, EVERY]})
        networks = {"mastodon": MastodonNetwork(clock.now)}
        intake = Intake(engine, channels=networks)
        poller = Poller(engine, intake, networks, Seals.of(key()))
        poller.work()
        begun = time.process_time()
        for _ in range(rounds):
            clock.passes(EVERY + 1)
            poller.work()
        seconds = (time.process_time() - begun) / rounds
    return Figure(
        100 * seconds / EVERY, "% of a core", 100 * asked(people) * ACCOUNTS / EVERY, CORES_BAR,
        more_is_better=False,
    )  # fmt: skip


def asked(people: Crowd, times: int = 100) -> float:
    """Return the CPU seconds of a bare question to the stand-in."""
    there = urlsplit(people.address)
    begun = time.process_time()
    for _ in range(times):
        with closing(HTTPConnection(there.hostname or "", there.port, timeout=60)) as line:
            line.request("GET", "/api/v1/notifications", headers=bearing())
            line.getresponse().read()
    return (time.process_time() - begun) / times


class Clock:
    """Moves when told."""

    def __init__(self) -> None:
        """Begin at the present."""
        self._present = datetime.now(UTC)

    def now(self) -> datetime:
        """Return the present of this clock, UTC."""
        return self._present

    def passes(self, seconds: float) -> None:
        """Move on."""
        self._present += timedelta(seconds=seconds)


def account(engine: Engine, people: Crowd, handle: str, settings: Mapping[str, object]) -> None:
    """Add an account on the stand-in."""
    Conversations(engine, Seals.of(key())).ensure_account(
        "mastodon", handle, settings={"server": people.address, **settings},
        secrets={"access_token": TOKEN},
    )  # fmt: skip


def bearing() -> dict[str, str]:
    """Return what shows who asks."""
    return {"Authorization": f"Bearer {TOKEN}"}


def key() -> str:
    """Return the key that the processes of a benchmark seal credentials with."""
    return clean_environment()["CORRAL_CREDENTIALS_KEY"]


def url_of(url: str) -> str:
    """Return an address as the driver itself wants it."""
    return url.replace("+psycopg", "")
