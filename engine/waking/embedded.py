"""The waker of one process: a thread that writes, and APScheduler as its clock.

Everything that decides behaviour is in the database. What is kept here, in memory, is only when to
look next; if the process dies, the sweep of the next one finds whatever was left behind.

Advancing happens in one thread, in batches: SQLite lets one writer in at a time anyway, and a
batch costs one commit. Polls (channels, outboxes) run in a few threads beside it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from engine.engine import Engine
from engine.waking.clock import WakingClock, safely

#: Instances taken from the queue at once.
_MOST_AT_ONCE = 500


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
        self._changed = threading.Condition()
        self._wanted = _Wanted()
        self._working = False
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._clock = WakingClock(
            engine,
            pump=lambda: self._ask(pump=True),
            sweep=lambda: self._ask(sweep=True),
            sweep_every=sweep_every,
            # A command beside us may set a timer, of a start event for instance.
            look_every=sweep_every,
        )

    def start(self) -> None:
        """Start the threads, and look at once for what a process before us left behind."""
        if self._thread is not None:
            raise RuntimeError("The waker runs already.")
        self._thread = threading.Thread(target=self._work, name="waker", daemon=True)
        self._thread.start()
        self._clock.start()
        self._ask(sweep=True, pump=True)

    def stop(self) -> None:
        """Stop polling, wait for running polls, apply what was asked for, and end the threads."""
        if self._thread is None:
            return
        self._clock.stop()
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join()
        self._thread = None

    @property
    def running(self) -> bool:
        """Tell whether it was started and all its threads live."""
        return self._thread is not None and self._thread.is_alive() and self._clock.running

    def enlist(self, connection: Any, instance_ids: Sequence[int]) -> None:
        """Write nothing: what is to be woken is kept in memory, and :meth:`wake` tells it."""

    def wake(self, instance_ids: Iterable[int]) -> None:
        """See to it that these instances are advanced soon. Returns at once."""
        with self._changed:
            self._wanted.ids.update(instance_ids)
            self._changed.notify_all()

    def wake_at(self, due: datetime) -> None:
        """See to it that timers are looked at by ``due``, UTC."""
        self._clock.arm(due)

    def add_poll(self, name: str, seconds: float, func: Callable[[], object]) -> None:
        """Call ``func`` every ``seconds``, the first time when the waker starts.

        Two calls of it never overlap. What it raises is logged, and ends nothing. A poll of the
        same name is replaced.
        """
        self._clock.every(f"poll:{name}", seconds, func)

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
                safely("advance", partial(self._engine.advance, sorted(taken.ids)))
            if taken.pump:
                safely("timers", self._clock.fire)
            if taken.sweep:
                safely("sweep", self._engine.sweep)
