"""What keeps instances moving: timers that are due, inboxes that were left behind.

All of it is safe to call at any time, from any number of threads and processes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

import structlog

from engine.errors import StaleRevisionError, StorageError
from engine.figures import Connections, Figures
from engine.records import Held
from engine.starting import start_due
from engine.stores import Transaction
from engine.use_cases.bound import Bound, Core
from engine.use_cases.stopping import report
from engine.workspaces import Workspace

_log = structlog.get_logger(__name__)

#: Instances a transaction. A commit is what costs; a longer one keeps people waiting.
_BATCH = 50
#: Batches of due timers a call; what is left is due at the next look.
_MOST_BATCHES = 100
#: Due instances among which a pump looks for a batch that nobody holds: so many processes can pump
#: at once, each of them one batch, and none waits.
_WINDOW = 10 * _BATCH


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
        return _pump(self._core, now, self.workspace)

    def pump(self, now: datetime) -> int:
        """Fire the due timers of all workspaces; return how many.

        Any number of processes may do it at once: each takes instances that nobody holds.
        """
        return _pump(self._core, now, None)

    def next_due(self) -> datetime | None:
        """Return when the next timer of any workspace is due, UTC."""
        return self._core.storage.next_due()

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

        By the way, buffered messages whose time is over are removed, and what the states of much
        used versions have in common is learnt.

        Args:
            up_to: look only at what happened up to this event; see :meth:`newest_event`. What
                other workers hold is passed over then: they are at it.
        """
        self._core.storage.forget(self.clock.now())
        self._core.storage.learn()
        left = self._core.storage.unapplied(limit=10_000, up_to=up_to)
        if up_to is None:
            return self.advance(left)
        return len(left) - len(self.advance_free(left))

    def newest_event(self) -> int:
        """Return the number of the newest event that waits in an inbox; 0 if none does."""
        return self._core.storage.newest_event()

    def figures(self) -> Figures:
        """Return what an operator watches, of all workspaces; cheap at any size."""
        return self._core.storage.figures(self.clock.now())

    def connections(self) -> Connections:
        """Return how many connections to the database this process uses, and may use."""
        return self._core.storage.connections()

    def _fire_some(self, window: Sequence[int], now: datetime) -> int:
        """Fire the due timers of up to a batch of the instances, of those that nobody holds."""
        held: list[Held] = []

        def work(tx: Transaction) -> int:
            # The instances are locked before their timers are taken, as everybody else does it:
            # two transactions that take both in different orders would wait for each other.
            held[:] = tx.instances.lock(window, wait=False, most=_BATCH)
            taken = _take_due(tx, held, now)
            self._core.advancer.run_held(tx, held, now=now)
            return taken

        try:
            return self._write(work)
        except (StaleRevisionError, StorageError):
            return 0  # no instance is to blame, and the timers are due at the next look as well
        except Exception:  # noqa: BLE001 - one of them cannot be run, see below
            return self._write(lambda tx: self._hand_over(tx, [each.id for each in held], now))

    def _hand_over(self, tx: Transaction, ids: Sequence[int], now: datetime) -> int:
        """Put the due timers of instances into their inboxes, so that no look finds them again.

        Then the instances are advanced one by one, and whichever cannot be run is an incident.
        """
        held = tx.instances.lock(ids, wait=False)
        taken = _take_due(tx, held, now)
        free = [each.id for each in held]
        tx.instances.refresh_due(free)
        tx.to_wake.update(free)
        return taken

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
            _log.warning(
                "instances are busy; they are looked at again later",
                workspace=self.workspace.key,
                instances=list(ids),
            )
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
            _log.exception(
                "the incident of an instance cannot be stored",
                workspace=self.workspace.key,
                instance=id,
            )
            opened = True
        if opened:
            _log.error(
                "an instance cannot be advanced",
                workspace=self.workspace.key,
                instance=id,
                exc_info=error,
            )


def _take_due(tx: Transaction, held: Sequence[Held], now: datetime) -> int:
    """Move the due timers of locked instances into their inboxes; return how many."""
    events = tx.waits.fire([each.id for each in held], now)
    tx.inbox.add(events)
    tx.work.due += [event.due_at for _, event in events if event.due_at is not None]
    return len(events)


def _pump(core: Core, now: datetime, only: Workspace | None) -> int:
    """Fire the due timers of one workspace or of all."""
    bounds: dict[int, UpkeepUseCases] = {}
    fired = 0
    for _ in range(_MOST_BATCHES):
        due = core.storage.due(now, only, limit=_WINDOW)
        if not {*due.starts, *due.instances} <= bounds.keys():
            bounds = {each.id: UpkeepUseCases(core, each) for each in core.storage.workspaces()}
        count = sum(
            bounds[id]._write(lambda tx: start_due(tx, now=now, limit=_BATCH)) for id in due.starts
        )
        count += sum(bounds[id]._fire_some(ids, now) for id, ids in due.instances.items())
        if not count:
            break  # nothing is due, or somebody else holds it all, and fires it too
        fired += count
    return fired


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
