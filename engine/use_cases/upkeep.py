"""What keeps instances moving: timers that are due, inboxes that were left behind.

All of it is safe to call at any time, from any number of threads and processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice

import structlog

from engine.errors import StaleRevisionError, StorageError
from engine.figures import Connections, Figures
from engine.starting import start_due
from engine.stores import Transaction
from engine.use_cases.bound import Bound, Core
from engine.use_cases.stopping import report

_log = structlog.get_logger(__name__)

#: Instances a transaction. A commit is what costs; a longer one keeps people waiting.
_BATCH = 50
#: Batches of due timers a call; what is left is due at the next look.
_MOST_BATCHES = 400


@dataclass(slots=True)
class _Done:
    """What became of a batch of instances."""

    count: int = 0  #: what the caller counts
    again: set[int] = field(default_factory=set)  #: nobody is to blame; they are to be tried again
    stopped: set[int] = field(default_factory=set)  #: cannot be run; there is an incident

    def add(self, other: _Done) -> None:
        """Count what became of another part of it."""
        self.count += other.count
        self.again |= other.again
        self.stopped |= other.stopped


class UpkeepUseCases(Bound):
    """Advancing many instances. Only :meth:`fire_due` is for this workspace alone."""

    def fire_due(self, now: datetime) -> int:
        """Fire the timers of this workspace that are due at ``now``; return how many.

        Timers of start events count too: each starts an instance, which is advanced afterwards.
        """
        fired = self._start_due(now)
        stuck: set[int] = set()
        for _ in range(_MOST_BATCHES):
            with self._reading() as tx:
                due = tx.waits.due(now, limit=_BATCH + len(stuck))
            ids = [id for id in due if id not in stuck][:_BATCH]
            if not ids:
                break
            done = self._batch(ids, partial(self._fire, now=now))
            # Fired none: somebody else holds all of them, and fires them too.
            stuck.update(done.again | done.stopped if done.count else ids)
            fired += done.count
        return fired

    def _start_due(self, now: datetime) -> int:
        started = 0
        for _ in range(_MOST_BATCHES):
            with self._reading() as tx:
                if not tx.starts.any_due(now):
                    break
            count = self._write(lambda tx: start_due(tx, now=now, limit=_BATCH))
            if not count:
                break  # somebody else holds all of them, and starts them too
            started += count
        return started

    def advance(self, instance_ids: Iterable[int]) -> int:
        """Apply the inboxes of instances of any workspace; return how many were looked at."""
        return advance(self._core, instance_ids)

    def advance_free(self, instance_ids: Iterable[int]) -> set[int]:
        """Apply the inboxes of those instances that nobody holds, of any workspace.

        Returns:
            Those that are to be tried again soon: somebody held them, or the database gave way.
        """
        again: set[int] = set()
        for bound, ids in _batches(self._core, instance_ids):
            again |= bound._batch(ids, bound._apply_free).again
        return again

    def sweep(self, *, up_to: int | None = None) -> int:
        """Advance every instance, of all workspaces, whose inbox a dead process left behind.

        Buffered messages whose time is over are removed by the way.

        Args:
            up_to: look only at what happened up to this event; see :meth:`newest_event`. What
                other workers hold is passed over then: they are at it.
        """
        self._core.storage.forget(self.clock.now())
        left = self._core.storage.unapplied(limit=10_000, up_to=up_to)
        if up_to is None:
            return self.advance(left)
        return len(left) - len(self.advance_free(left))

    def newest_event(self) -> int:
        """Return the number of the newest event that waits in an inbox; 0 if none does."""
        return self._core.storage.newest_event()

    def pump(self, now: datetime) -> int:
        """Fire the due timers of all workspaces; return how many."""
        workspaces = self._core.storage.workspaces()
        return sum(UpkeepUseCases(self._core, each).fire_due(now) for each in workspaces)

    def next_due(self) -> datetime | None:
        """Return when the next timer of any workspace is due, UTC."""
        return self._core.storage.next_due()

    def figures(self) -> Figures:
        """Return what an operator watches, of all workspaces; cheap at any size."""
        return self._core.storage.figures(self.clock.now())

    def connections(self) -> Connections:
        """Return how many connections to the database this process uses, and may use."""
        return self._core.storage.connections()

    def _fire(self, tx: Transaction, ids: Sequence[int], *, now: datetime) -> _Done:
        # The instances are locked before their timers are taken, as everybody else does it:
        # two transactions that take both in different orders would wait for each other.
        free = [held.id for held in tx.instances.lock(ids, wait=False)]
        events = tx.waits.fire(free, now)
        tx.inbox.add(events)
        tx.work.due += [event.due_at for _, event in events if event.due_at is not None]
        tx.to_wake.update(free)
        self._core.advancer.run(tx, free, now=now, wait=False)
        return _Done(len(events))

    def _apply(self, tx: Transaction, ids: Sequence[int]) -> _Done:
        return _Done(len(self._core.advancer.run(tx, ids, now=self.clock.now(), wait=True)))

    def _apply_free(self, tx: Transaction, ids: Sequence[int]) -> _Done:
        free = self._core.advancer.run(tx, ids, now=self.clock.now(), wait=False)
        return _Done(len(free), again=set(ids) - free)

    def _batch(
        self, ids: Sequence[int], work: Callable[[Transaction, Sequence[int]], _Done]
    ) -> _Done:
        """Do ``work`` in one transaction.

        A batch that fails is done again one by one, so that one bad instance stops no other.
        """
        try:
            return self._write(lambda tx: work(tx, ids))
        except (StaleRevisionError, StorageError):
            # No instance is to blame.
            _log.warning("instances are busy; they are looked at again later", count=len(ids))
            return _Done(again=set(ids))
        except Exception as error:  # noqa: BLE001 - whatever it is, it concerns one instance of many
            if len(ids) == 1:
                self._stop(ids[0], error)
                return _Done(stopped=set(ids))
        whole = _Done()
        for id in ids:
            whole.add(self._batch([id], work))
        return whole

    def _stop(self, id: int, error: Exception) -> None:
        """Open an incident for an instance that cannot be advanced; it has one at most."""
        try:
            opened = self._write(lambda tx: report(tx, id, error, now=self.clock.now()))
        except Exception:  # noqa: BLE001 - the others must go on
            _log.exception("the incident of an instance cannot be stored", instance=id)
            opened = True
        if opened:
            _log.error("an instance cannot be advanced", instance=id, exc_info=error)


def advance(core: Core, instance_ids: Iterable[int]) -> int:
    """Apply the inboxes of instances of any workspace; return how many were looked at."""
    return sum(bound._batch(ids, bound._apply).count for bound, ids in _batches(core, instance_ids))


def _batches(
    core: Core, instance_ids: Iterable[int]
) -> Iterator[tuple[UpkeepUseCases, Sequence[int]]]:
    """Yield instances in batches of one workspace each; those that are not there are left out."""
    by_workspace = core.storage.grouped(instance_ids)
    for workspace in core.storage.workspaces() if by_workspace else ():
        ids = iter(by_workspace.get(workspace.id, ()))
        while batch := list(islice(ids, _BATCH)):
            yield UpkeepUseCases(core, workspace), batch
