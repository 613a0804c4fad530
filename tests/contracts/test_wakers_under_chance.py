"""Whatever happens in whatever order, a waker loses nothing and does nothing twice.

Chance sends events, lets time pass, cancels, cuts connections, lets runs fail, stops wakers, and
lets processes die between a commit and the wake-up. In the end all is still for a while, and what
is in the database must be what was sent. ``tests/crash`` does the same to real processes.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy import text

from engine import What
from engine.advance import Advancer
from engine.errors import StorageError
from engine.records import Held
from tests.contracts.houses import OFTEN, House
from tests.waiting import until
from tests.wakers import Deaf

#: Hears news again and again, and would go on by itself after an hour of silence.
HEARER = (
    {
        "any": [
            {"is": "message", "at": "hear", "name": "news", "key": "{k}"},
            {"is": "timer", "at": "silence", "in": 3600},
        ]
    },
    {"again": 0},
)
SLEEPER = (
    {"any": [{"is": "timer", "at": "late", "in": 60}]},
    {"any": [{"is": "user_task", "at": "answer"}]},
)
_KEYS = itertools.count()


class Watch:
    """Notes when two runs of one instance overlap."""

    def __init__(self) -> None:
        """Start with nobody at work."""
        self.overlaps: list[int] = []
        self._running: Counter[int] = Counter()
        self._lock = threading.Lock()

    def begin(self, id: int) -> None:
        """Note that a run begins."""
        with self._lock:
            self._running[id] += 1
            if self._running[id] > 1:
                self.overlaps.append(id)

    def end(self, id: int) -> None:
        """Note that it ends."""
        with self._lock:
            self._running[id] -= 1


class WatchedAdvancer(Advancer):
    """The engine's own, under watch."""

    watch: Watch

    def _run_one(self, tx: Any, held: Held, *rest: Any) -> Held:
        self.watch.begin(held.id)
        try:
            return super()._run_one(tx, held, *rest)
        finally:
            self.watch.end(held.id)


class Chance(RuleBasedStateMachine):
    """Two workers of a cluster, or the one process of an embedded engine, on ``url``."""

    url: str
    instances = Bundle("instances")

    def __init__(self) -> None:
        """Open the processes."""
        super().__init__()
        self.watch = Watch()
        self.sent: Counter[int] = Counter()
        self.keys: dict[int, str] = {}
        self.sleepers: set[int] = set()
        self.cancelled: set[int] = set()
        self.houses: list[House] = []
        self.late = 0.0

    @initialize()
    def open(self) -> None:
        """Start the wakers."""
        for _ in range(1 if self.url.startswith("sqlite") else 2):
            self.houses.append(self.house())
        self.first.deploy("hearer", *HEARER)
        self.first.deploy("sleeper", *SLEEPER)

    def house(self) -> House:
        """Return a new process whose waker runs."""
        made = House(self.url, OFTEN)
        made.clock.move(seconds=self.late)
        advancer = WatchedAdvancer(made.runner, made.core.handlers)
        advancer.watch = self.watch
        made.core.advancer = advancer
        made.waker.start()
        return made

    @property
    def first(self) -> House:
        """Return the process that we ask."""
        return self.houses[0]

    @rule(target=instances)
    def start_hearer(self) -> int:
        """Start an instance that hears news."""
        key = f"k{next(_KEYS)}"
        id = self.first.engine.start("hearer", {"k": key}, correlation_key=key).id
        self.keys[id] = key
        return id

    @rule(target=instances, left=st.booleans())
    def start_sleeper(self, left: bool) -> int:
        """Start an instance that waits for a minute; whether it is left to the wakers."""
        id = self.first.leave("sleeper")[0] if left else self.first.engine.start("sleeper").id
        self.sleepers.add(id)
        return id

    @rule(id=instances, which=st.integers(0, 1), deaf=st.booleans(), times=st.integers(1, 3))
    def send(self, id: int, which: int, deaf: bool, times: int) -> None:
        """Send events, from either process; if deaf, it dies between commit and wake-up."""
        if id not in self.keys or id in self.cancelled:
            return
        house = self.houses[which % len(self.houses)]
        if deaf:
            house.engine.use_waker(Deaf())
        for _ in range(times):
            with house.engine.transaction() as uow:
                house.engine.correlate("news", self.keys[id], within=uow)
            self.sent[id] += 1
        house.engine.use_waker(house.waker)

    @rule(id=instances)
    def cancel(self, id: int) -> None:
        """Cancel an instance, whatever it waits for."""
        self.first.engine.cancel(id, by="mia")
        self.cancelled.add(id)

    @rule(seconds=st.sampled_from([20, 61]))
    def let_time_pass(self, seconds: int) -> None:
        """Move all clocks on."""
        self.late += seconds
        for house in self.houses:
            house.clock.move(seconds=seconds)

    @rule(which=st.integers(0, 1))
    def fail_the_next_run(self, which: int) -> None:
        """Let the next run of a waker be rolled back."""
        house, ours = self.houses[which % len(self.houses)], threading.current_thread()

        def fail() -> None:
            if threading.current_thread() is not ours:
                house.runner.before_run = lambda: None
                raise StorageError("the disk went away")

        house.runner.before_run = fail

    @rule()
    def cut_connections(self) -> None:
        """Let the server end every connection; SQLite has none."""
        if not self.url.startswith("sqlite"):
            address = self.first.engine.storage.address()
            with psycopg.connect(**address, autocommit=True) as connection:
                # Waits until they have ended: who asks next has to see that, not meet it half way.
                connection.execute(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    @rule(which=st.integers(0, 1))
    def restart(self, which: int) -> None:
        """Stop a process, and start another one in its place."""
        at = which % len(self.houses)
        old = self.houses[at]
        old.waker.stop()
        old.engine.close()
        self.houses[at] = self.house()

    def teardown(self) -> None:
        """Let all of it come to rest, and look at what is there."""
        try:
            if self.houses:
                # Once for what was sent, and once for the timers that it set.
                until(self.at_rest)
                self.let_time_pass(61)
                for house in self.houses:
                    house.waker.wake_at(house.clock.now())
                until(self.at_rest)
                self.check()
        finally:
            for house in self.houses:
                house.waker.stop()
                house.engine.close()

    def at_rest(self) -> bool:
        """Tell whether no event and no due timer is left."""
        due = self.first.engine.next_due()
        if due is not None and due <= self.first.clock.now():
            return False
        with self.first.engine.reading() as uow:
            return uow.connection.execute(text("SELECT 1 FROM inbox LIMIT 1")).first() is None

    def check(self) -> None:
        """Fail unless everything happened, and once."""
        assert self.watch.overlaps == []
        for id in self.keys.keys() | self.sleepers:
            history = self.first.engine.history(id)
            done = Counter(e.element for e in history if e.what is What.COMPLETED)
            ended = [e.what for e in history].count(What.ENDED)
            if id in self.cancelled:
                assert (history[-1].what, ended) == (What.ENDED, 1)
                assert done["hear"] <= self.sent[id]
                assert done["late"] <= 1
            elif id in self.keys:
                assert (done["hear"], ended) == (self.sent[id], 0)
            else:
                assert (done["late"], self.first.waiting([id])) == (1, [1])
        assert self.first.engine.incidents() == []


@pytest.mark.parametrize("kind", ["file", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_nothing_is_lost_and_nothing_is_done_twice(
    kind: str, database_of: Callable[[str], str]
) -> None:
    class Machine(Chance):
        url = database_of(kind)

    run_machine(
        Machine,
        settings=settings(
            max_examples=6,
            stateful_step_count=15,
            phases=[Phase.generate],  # threads have no part in what could be shrunk
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
