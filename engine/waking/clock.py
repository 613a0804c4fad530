"""When to look: at timers, at what was left behind, at channels. APScheduler keeps the time.

Both wakers stand on it. It decides nothing, and remembers nothing that would be missed after a
crash: what is due is in the database.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from engine.engine import Engine

_log = structlog.get_logger(__name__)
#: The scheduler's own. It would warn each time that a poll takes longer than its interval, as the
#: first one does that loads a model; that is no news.
_clock_log = logging.getLogger(f"{__name__}.scheduler")
_clock_log.setLevel(logging.ERROR)

#: Threads for polls. They mostly wait for networks.
_POLL_THREADS = 8
#: Shortest time between two looks at timers, in seconds: a timer that cannot be fired now, because
#: its instance is busy, must not make us look again and again.
_SHORTEST_PAUSE = 0.25


class WakingClock:
    """Calls for a pump when timers are due, for a sweep now and then, and polls."""

    def __init__(
        self,
        engine: Engine,
        *,
        pump: Callable[[], object],
        sweep: Callable[[], object],
        sweep_every: float,
        look_every: float | None = None,
    ) -> None:
        """Keep all of it; nothing is called before :meth:`start`.

        Args:
            engine: of any workspace.
            pump: is to call :meth:`fire`, in the thread that is right for it.
            sweep: looks for what was left behind.
            sweep_every: seconds between two sweeps.
            look_every: seconds between two looks at timers that other processes set; None where
                there are no others.
        """
        self._engine = engine
        self._pump, self._sweep = pump, sweep
        self._sweep_every, self._look_every = sweep_every, look_every
        self._lock = threading.Lock()
        #: When the next look at timers is, on the clock that is never set.
        self._armed: float | None = None
        self._running = False
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(_POLL_THREADS)},
            # A poll that was missed is made up for once; two calls of one never overlap.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            logger=_clock_log,
            timezone=UTC,
        )

    def start(self) -> None:
        """Start the threads, and call for a pump and a sweep at once."""
        with self._lock:
            self._running = True
        self.every("sweep", self._sweep_every, self._sweep)
        self._scheduler.start()
        self._pump_in(0)

    def stop(self) -> None:
        """Call nobody any more, and wait for calls that run."""
        with self._lock:
            self._running = False
        # The scheduler's thread fails if it is stopped while it takes a job from its list: paused,
        # it takes none, and being asked for the list waits until it is through with it.
        self._scheduler.pause()
        self._scheduler.get_jobs()
        self._scheduler.shutdown(wait=True)

    @property
    def running(self) -> bool:
        """Tell whether it keeps the time."""
        return self._running and bool(self._scheduler.running)

    def arm(self, due: datetime) -> None:
        """See to it that timers are looked at by ``due``, UTC."""
        pause = max((due - self._engine.clock.now()).total_seconds(), _SHORTEST_PAUSE)
        with self._lock:
            at = time.monotonic() + pause
            if not self._running or (self._armed is not None and self._armed <= at):
                return
            self._armed = at
            self._pump_in(pause)

    def every(self, name: str, seconds: float, func: Callable[[], object]) -> None:
        """Call ``func`` every ``seconds``, the first time at the start.

        Two calls of it never overlap. What it raises is logged, and ends nothing. One of the same
        name is replaced.
        """
        self._scheduler.add_job(
            safely,
            "interval",
            args=(name, func),
            seconds=seconds,
            next_run_time=datetime.now(UTC),
            id=f"every:{name}",
            replace_existing=True,
        )

    def fire(self) -> None:
        """Fire what is due, if anything is, and arm for what comes next."""
        with self._lock:
            self._armed = None
        now = self._engine.clock.now()
        due: datetime | None = now
        try:
            due = self._engine.next_due()
            if due is not None and due <= now:
                self._engine.pump(now)
                due = self._engine.next_due()
        finally:
            # Also when the database is away: then we look again, as if something were due.
            self._arm_next(due, now)

    def _arm_next(self, due: datetime | None, now: datetime) -> None:
        looks = [] if due is None else [due]
        if self._look_every is not None:
            looks.append(now + timedelta(seconds=self._look_every))
        if looks:
            self.arm(min(looks))

    def _pump_in(self, seconds: float) -> None:
        self._scheduler.add_job(
            safely,
            "date",
            args=("timers", self._pump),
            run_date=datetime.now(UTC) + timedelta(seconds=seconds),
            id="pump",
            replace_existing=True,
        )


def safely(what: str, call: Callable[[], object]) -> None:
    """Call, and log what it raises: the next time may go well, and the thread has to live."""
    try:
        call()
    except Exception:  # noqa: BLE001 - see above
        _log.exception("background work failed and is tried again", work=what)
