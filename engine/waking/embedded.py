"""The waker of one process: a thread that writes, and APScheduler as its clock.

Everything that decides behaviour is in the database. What is kept here, in memory, is only when to
look next; if the process dies, the sweep of the next one finds whatever was left behind.

Advancing happens in one thread, in batches: SQLite lets one writer in at a time anyway, and a
batch costs one commit. Polls (channels, outboxes) run in a few threads beside it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from engine.engine import Engine

_log = structlog.get_logger(__name__)
#: The scheduler's own. It would warn each time that a poll takes longer than its interval, as the
#: first one does that loads a model; that is no news.
_clock_log = logging.getLogger(f"{__name__}.clock")
_clock_log.setLevel(logging.ERROR)

#: Threads for polls. They mostly wait for networks.
_POLL_THREADS = 8
#: Instances taken from the queue at once.
_MOST_AT_ONCE = 500
#: Shortest time between two looks at timers, in seconds: a timer that cannot be fired now, because
#: its instance is busy, must not make us look again and again.
_SHORTEST_PAUSE = 0.5


@dataclass(slots=True)
class _Wanted:
    """What the writing thread is asked to do."""

    ids: set[int] = field(default_factory=set)
    pump: bool = False
    sweep: bool = False

    def __bool__(self) -> bool:
        return bool(self.ids) or self.pump or self.sweep


class EmbeddedWaker:
    """Advances instances, fires timers, sweeps and polls, in threads of this process.

    Give it to :meth:`Engine.use_waker`; it serves all workspaces of the storage.
    """

    def __init__(self, engine: Engine, *, sweep_every: float = 30.0) -> None:
        """Keep the engine; nothing runs before :meth:`start`.

        Args:
            engine: of any workspace.
            sweep_every: seconds between two looks for what was left behind.
        """
        self._engine = engine
        self._sweep_every = sweep_every
        self._changed = threading.Condition()
        self._wanted = _Wanted()
        self._working = False
        self._stopping = False
        self._armed: datetime | None = None
        self._thread: threading.Thread | None = None
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(_POLL_THREADS)},
            # A poll that was missed is made up for once; two calls of one never overlap.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            logger=_clock_log,
            timezone=UTC,
        )

    def start(self) -> None:
        """Start the threads, and look at once for what a process before us left behind."""
        if self._thread is not None:
            raise RuntimeError("The waker runs already.")
        self._thread = threading.Thread(target=self._work, name="waker", daemon=True)
        self._thread.start()
        self._scheduler.add_job(
            self._ask, "interval", seconds=self._sweep_every, kwargs={"sweep": True, "pump": True}
        )
        self._scheduler.start()
        self._ask(sweep=True, pump=True)

    def stop(self) -> None:
        """Stop polling, wait for running polls, apply what was asked for, and end the threads."""
        if self._thread is None:
            return
        self._scheduler.shutdown(wait=True)
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join()
        self._thread = None

    def enlist(self, connection: Any, instance_ids: Sequence[int]) -> None:
        """Write nothing: what is to be woken is kept in memory, and :meth:`wake` tells it."""

    def wake(self, instance_ids: Iterable[int]) -> None:
        """See to it that these instances are advanced soon. Returns at once."""
        with self._changed:
            self._wanted.ids.update(instance_ids)
            self._changed.notify_all()

    def wake_at(self, due: datetime) -> None:
        """See to it that timers are looked at by ``due``, UTC."""
        with self._changed:
            if self._thread is None or self._stopping:
                return
            if self._armed is not None and self._armed <= due:
                return
            self._armed = due
        pause = max((due - self._engine.clock.now()).total_seconds(), _SHORTEST_PAUSE)
        self._scheduler.add_job(
            self._ask,
            "date",
            run_date=datetime.now(UTC) + timedelta(seconds=pause),
            kwargs={"pump": True},
            id="pump",
            replace_existing=True,
        )

    def add_poll(self, name: str, seconds: float, func: Callable[[], object]) -> None:
        """Call ``func`` every ``seconds``, the first time when the waker starts.

        Two calls of it never overlap. What it raises is logged, and ends nothing. A poll of the
        same name is replaced.
        """
        self._scheduler.add_job(
            self._safely,
            "interval",
            args=(name, func),
            seconds=seconds,
            next_run_time=datetime.now(UTC),
            id=f"poll:{name}",
            replace_existing=True,
        )

    def settle(self, timeout: float) -> bool:
        """Wait until the writing thread has nothing to do; False after ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not (self._wanted or self._working), timeout)

    def _ask(self, *, sweep: bool = False, pump: bool = False) -> None:
        with self._changed:
            self._wanted.sweep |= sweep
            self._wanted.pump |= pump
            self._changed.notify_all()

    def _work(self) -> None:
        """Do what is wanted, until stopped and nothing is left."""
        while True:
            with self._changed:
                self._working = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._wanted or self._stopping)
                if not self._wanted:
                    return
                taken, self._wanted = self._wanted, _Wanted()
                self._working = True
                while len(taken.ids) > _MOST_AT_ONCE:
                    self._wanted.ids.add(taken.ids.pop())
            if taken.ids:
                self._safely("advance", partial(self._engine.advance, sorted(taken.ids)))
            if taken.pump:
                self._safely("timers", self._pump)
            if taken.sweep:
                self._safely("sweep", self._engine.sweep)

    def _pump(self) -> None:
        """Fire what is due, and arm the clock for what comes next."""
        with self._changed:
            self._armed = None
        try:
            self._engine.pump(self._engine.clock.now())
        finally:
            due = self._engine.next_due()
            if due is not None:
                self.wake_at(due)

    def _safely(self, what: str, call: Callable[[], object]) -> None:
        try:
            call()
        except Exception:  # noqa: BLE001 - the next look may go well; this thread has to live
            _log.exception("background work failed and is tried again", work=what)
