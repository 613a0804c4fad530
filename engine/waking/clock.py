"""When to look: at timers, at what was left behind, at channels. APScheduler keeps the time.

Both wakers stand on it. It decides nothing, and remembers nothing that would be missed after a
crash: what is due is in the database.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from engine.engine import Engine
from engine.errors import EngineError
from engine.troubles import Troubles

_log = structlog.get_logger(__name__)
#: What fails now, by its name in the log.
_troubles = Troubles()
#: The scheduler's own. It would warn each time that a poll takes longer than its interval, as the
#: first one does that loads a model; that is no news.
_clock_log = logging.getLogger(f"{__name__}.scheduler")
_clock_log.setLevel(logging.ERROR)

#: Threads for polls. They mostly wait for networks.
_POLL_THREADS = 8
#: Shortest time between two looks at timers, in seconds: a timer that cannot be fired now, because
#: its instance is busy, must not make us look again and again. Nor does one batch for every few.
_SHORTEST_PAUSE = 0.25
#: Unless a look fired so many timers: then more are due, and the next look is at once.
_MANY = 1000
#: Seconds by which the clock of the machine is set back before it matters, and between two looks.
_SET_BACK = 1.0


class WakingClock:
    """Calls for a pump when timers are due, for a sweep now and then, and polls."""

    def __init__(
        self,
        engine: Engine,
        *,
        pump: Callable[[], object],
        sweep: Callable[[], object],
        sweep_every: float,
        look_every: float,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Keep all of it; nothing is called before :meth:`start`.

        Args:
            engine: of any workspace.
            pump: is to call :meth:`fire`, in the thread that is right for it.
            sweep: looks for what was left behind.
            sweep_every: seconds between two sweeps.
            look_every: seconds between two looks at timers that other processes set.
            wall: the clock by which the scheduler plans, in seconds.
        """
        self._engine = engine
        self._pump, self._sweep = pump, sweep
        self._sweep_every, self._look_every = sweep_every, look_every
        self._wall = wall
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._minding: threading.Thread | None = None
        #: When the next look at timers is, on the clock that is never set.
        self._armed: float | None = None
        self._running = False
        self._threads = ThreadPoolExecutor(_POLL_THREADS)
        self._scheduler = BackgroundScheduler(
            executors={"default": self._threads},
            # A poll that was missed is made up for once; two calls of one never overlap.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            logger=_clock_log,
            timezone=UTC,
        )

    def start(self) -> None:
        """Start the threads, and call for a pump and a sweep at once."""
        with self._lock:
            self._running = True
        self.every("ask:sweep", self._sweep_every, self._sweep)
        self._scheduler.start()
        self._pump_in(0)
        self._ended.clear()
        self._minding = threading.Thread(target=self._mind, name="clock", daemon=True)
        self._minding.start()

    def stop(self) -> None:
        """Call nobody any more, and wait for calls that run."""
        with self._lock:
            self._running = False
        self._ended.set()
        if self._minding is not None:
            self._minding.join()
        # The scheduler's thread fails if it is stopped while it takes a job from its list: paused,
        # it takes none, and being asked for the list waits until it is through with it.
        self._scheduler.pause()
        self._scheduler.get_jobs()
        # Nor does it wait for polls itself: it would keep its list from one that adds another.
        self._scheduler.shutdown(wait=False)
        self._threads.shutdown(wait=True)

    @property
    def running(self) -> bool:
        """Tell whether it keeps the time."""
        return self._running and bool(self._scheduler.running)

    def arm(self, due: datetime) -> None:
        """See to it that timers are looked at by ``due``, UTC."""
        self._arm(due, _SHORTEST_PAUSE)

    def _arm(self, due: datetime, shortest: float) -> None:
        pause = max((due - self._engine.clock.now()).total_seconds(), shortest)
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
        looks, fired = [now + timedelta(seconds=self._look_every)], 0
        try:
            due = self._engine.next_due()
            if due is not None and due <= now:
                fired = self._engine.pump(now)
                due = self._engine.next_due()
            if due is not None:
                looks.append(due)
        finally:
            # Also when the database is away: then it is looked at again and again.
            self._arm(min(looks), 0.0 if fired >= _MANY else _SHORTEST_PAUSE)

    def _mind(self) -> None:
        """Look whether the clock of the machine was set back: all that is planned would stand."""
        before = self._wall() - time.monotonic()
        while not self._ended.wait(_SET_BACK):
            ahead = self._wall() - time.monotonic()
            if ahead < before - _SET_BACK:
                _log.warning("the clock of this machine was set back", seconds=before - ahead)
                for job in self._scheduler.get_jobs():
                    with suppress(JobLookupError):
                        job.modify(next_run_time=datetime.now(UTC))
            before = ahead

    def _pump_in(self, seconds: float) -> None:
        self._scheduler.add_job(
            safely,
            "date",
            args=("ask:timers", self._pump),
            run_date=datetime.now(UTC) + timedelta(seconds=seconds),
            id="pump",
            replace_existing=True,
        )


def safely(what: str, call: Callable[[], object]) -> None:
    """Call, and log what it raises: the next time may go well, and the thread has to live."""
    try:
        call()
    except EngineError as error:
        # It says what happened and what to do, so nobody needs a traceback.
        if _troubles.is_news(what, str(error)):
            _log.error("background work failed and is tried again", work=what, error=str(error))
    except Exception as fault:  # noqa: BLE001 - see above
        if _troubles.is_news(what, repr(fault)):
            _log.exception("background work failed and is tried again", work=what)
    else:
        if _troubles.over(what):
            _log.info("background work goes on", work=what)
