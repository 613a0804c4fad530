"""What keeps instances moving: timers that are due, inboxes that were left behind.

All of it is safe to call at any time, from any number of threads and processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import islice

import structlog

from engine.errors import StaleRevisionError, StorageError
from engine.starting import start_due
from engine.stores import Transaction
from engine.use_cases.bound import Bound, Core
from engine.use_cases.stopping import report

_log = structlog.get_logger(__name__)

#: Instances a transaction. A commit is what costs; a longer one keeps people waiting.
_BATCH = 50
#: Batches of due timers a call; what is left is due at the next look.
_MOST_BATCHES = 400


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
            count, failed = self._batch(ids, partial(self._fire, now=now))
            # Fired none: somebody else holds all of them, and fires them too.
            stuck.update(failed if count else ids)
            fired += count
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

    def sweep(self) -> int:
        """Advance every instance, of all workspaces, whose inbox a dead process left behind.

        Buffered messages whose time is over are removed by the way.
        """
        self._core.storage.forget(self.clock.now())
        return self.advance(self._core.storage.unapplied(limit=10_000))

    def pump(self, now: datetime) -> int:
        """Fire the due timers of all workspaces; return how many."""
        workspaces = self._core.storage.workspaces()
        return sum(UpkeepUseCases(self._core, each).fire_due(now) for each in workspaces)

    def next_due(self) -> datetime | None:
        """Return when the next timer of any workspace is due, UTC."""
        return self._core.storage.next_due()

    def _fire(self, tx: Transaction, ids: Sequence[int], *, now: datetime) -> int:
        # The instances are locked before their timers are taken, as everybody else does it:
        # two transactions that take both in different orders would wait for each other.
        free = [held.id for held in tx.instances.lock(ids, wait=False)]
        events = tx.waits.fire(free, now)
        tx.inbox.add(events)
        tx.work.due += [event.due_at for _, event in events if event.due_at is not None]
        tx.to_wake.update(free)
        self._core.advancer.run(tx, free, now=now, wait=False)
        return len(events)

    def _apply(self, tx: Transaction, ids: Sequence[int]) -> int:
        return len(self._core.advancer.run(tx, ids, now=self.clock.now(), wait=True))

    def _batch(
        self, ids: Sequence[int], work: Callable[[Transaction, Sequence[int]], int]
    ) -> tuple[int, set[int]]:
        """Do ``work`` in one transaction; return its count, and the ids for which it failed.

        A batch that fails is done again one by one, so that one bad instance stops no other.
        """
        try:
            return self._write(lambda tx: work(tx, ids)), set()
        except (StaleRevisionError, StorageError):
            # No instance is to blame.
            _log.warning("instances are busy; they are looked at again later", count=len(ids))
            return 0, set(ids)
        except Exception as error:  # noqa: BLE001 - whatever it is, it concerns one instance of many
            if len(ids) == 1:
                self._stop(ids[0], error)
                return 0, set(ids)
        results = [self._batch([id], work) for id in ids]
        return sum(count for count, _ in results), set().union(*(bad for _, bad in results))

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
    done = 0
    by_workspace = core.storage.grouped(instance_ids)
    for workspace in core.storage.workspaces():
        ids = iter(by_workspace.get(workspace.id, ()))
        bound = UpkeepUseCases(core, workspace)
        while batch := list(islice(ids, _BATCH)):
            done += bound._batch(batch, bound._apply)[0]
    return done
