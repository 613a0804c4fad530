"""The waker of many processes: wake-ups wait in PostgreSQL, and any worker takes them.

Made but not started it only writes wake-ups down; that is what a process of pages does. Started it
runs them, fires timers, looks for what was left behind and polls.

Nothing here decides which worker may touch an instance. The lock of its row does, and its revision:
so a worker that was declared dead and comes back can do no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from engine.engine import Engine
from engine.waking.asked import Asked
from engine.waking.clock import WakingClock
from engine.waking.wakeups import WakeUps, prepare
from engine.waking.worker import GRACE, Worker

#: Seconds between two looks at timers that other processes set.
_LOOK_EVERY = 0.5


class ClusterWaker:
    """Advances instances, fires timers, sweeps and polls, beside any number of other processes.

    Give it to :meth:`Engine.use_waker`; it serves all workspaces of the storage.
    """

    def __init__(self, engine: Engine, *, sweep_every: float = 30.0) -> None:
        """Bring the tables of the wake-ups up to date; nothing runs before :meth:`start`.

        Args:
            engine: of any workspace, on PostgreSQL.
            sweep_every: seconds between two looks for what was left behind.

        Raises:
            StorageError: the database is none of PostgreSQL, cannot be reached, or is newer than
                this program.
        """
        self._engine = engine
        self._address = engine.storage.address()
        prepare(self._address)
        self._wakeups = WakeUps()
        #: Events up to this one were there at the last sweep.
        self._mark = 0
        self._pump = Asked("timers", self._fire)
        self._sweep = Asked("sweep", self._sweep_old)
        self._clock = WakingClock(
            engine,
            pump=self._pump.ask,
            sweep=self._sweep.ask,
            sweep_every=sweep_every,
            look_every=_LOOK_EVERY,
        )
        self._worker: Worker | None = None

    def start(self) -> None:
        """Start the threads."""
        if self._worker is not None:
            raise RuntimeError("The waker runs already.")
        self._worker = Worker(self._address, self._engine.advance_free)
        self._worker.start()
        self._pump.start()
        self._sweep.start()
        self._clock.start()

    def stop(self) -> None:
        """Take nothing new, wait for running work for some seconds, and end the threads.

        What is not through by then stays for other workers; nothing is lost.
        """
        if self._worker is None:
            return
        self._worker.end()
        self._clock.stop()
        self._pump.stop(GRACE)
        self._sweep.stop(GRACE)
        self._worker.join()
        self._worker = None

    @property
    def running(self) -> bool:
        """Tell whether it was started and all its threads live."""
        threads = (self._worker, self._pump, self._sweep, self._clock)
        return all(each is not None and each.running for each in threads)

    def enlist(self, connection: Any, instance_ids: Sequence[int]) -> None:
        """Write down, in the open transaction, that these instances are to be advanced."""
        self._wakeups.enlist(connection.connection.driver_connection, instance_ids)

    def wake(self, instance_ids: Iterable[int]) -> None:
        """Do nothing: the commit has told the workers."""

    def wake_at(self, due: datetime) -> None:
        """See to it that timers are looked at by ``due``, UTC, if this is a worker.

        Other workers find the timer when they look the next time.
        """
        self._clock.arm(due)

    def add_poll(self, name: str, seconds: float, func: Callable[[], object]) -> None:
        """Call ``func`` every ``seconds``, the first time when the waker starts.

        Two calls of it in this process never overlap. What it raises is logged, and ends nothing.
        A poll of the same name is replaced.
        """
        self._clock.every(f"poll:{name}", seconds, func)

    def _fire(self) -> None:
        self._clock.fire()

    def _sweep_old(self) -> None:
        """Advance what lay there at the last sweep already: the rest is on its way."""
        mark, self._mark = self._mark, self._engine.newest_event()
        self._engine.sweep(up_to=mark)
