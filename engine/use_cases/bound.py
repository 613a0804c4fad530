"""What every use case stands on: one storage, one runner, one workspace, and its transactions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from time import perf_counter
from typing import TypeVar, cast

import structlog

from engine.advance import Advancer, JobHandler
from engine.errors import StaleRevisionError, StorageError
from engine.observing import Observer
from engine.ports import BpmnRunner, Change, Clock, FormCheck, UnitOfWork, Waker
from engine.stores import Storage, Transaction
from engine.workspaces import Workspace

T = TypeVar("T")
Listener = Callable[[Sequence[Change]], None]

_log = structlog.get_logger(__name__)

#: How often a transaction that had to give way is tried in all.
_ATTEMPTS = 6
#: Instances that go on together in the transaction that concerns them.
_TOGETHER = 20
#: Seconds after which the rest of them go on after the commit: others wait for our rows meanwhile.
_LONGEST = 0.5


class Core:
    """What the engines of all workspaces of one storage share. Safe to use from many threads."""

    #: Advances what commits leave behind. Whoever puts the core together sets it.
    waker: Waker
    #: Counts what commits did; None: nobody does.
    observer: Observer | None = None

    def __init__(
        self, storage: Storage, runner: BpmnRunner, clock: Clock, check_form: FormCheck
    ) -> None:
        """Keep the adapters."""
        self.storage = storage
        self.runner = runner
        self.clock = clock
        self.check_form = check_form
        self.handlers: dict[str, list[JobHandler]] = {}
        self.advancer = Advancer(runner, self.handlers)
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after each commit that changed something; returns how to stop it."""
        with self._lock:
            self._listeners.append(listener)

        def stop() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return stop

    def committed(self, tx: Transaction, seconds: float = 0.0) -> None:
        """Do what was asked to be done after the commit; the waker comes last.

        ``seconds`` is how long the transaction took, with its commit.
        """
        for call in tx.calls:
            self._after(tx, call)
        if self.observer is not None and tx.work:
            tx.work.workspace, tx.work.seconds = tx.workspace.key, seconds
            self._after(tx, partial(self.observer.committed, tx.work, self.clock.now()))
        if tx.changes:
            changes = tuple(tx.changes)
            with self._lock:
                listeners = tuple(self._listeners)
            for listener in listeners:
                self._after(tx, partial(listener, changes))
        for due in (tx.next_due, tx.starts.armed):
            if due is not None:
                self.waker.wake_at(due)
        if tx.to_wake:
            self.waker.wake(sorted(tx.to_wake))

    def _after(self, tx: Transaction, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception:  # noqa: BLE001 - a listener may be anything
            # The transaction is committed: failing now would tell its caller that it was not.
            _log.exception("a listener failed after a commit", workspace=tx.workspace.key)


class Bound:
    """Use cases of one workspace."""

    def __init__(self, core: Core, workspace: Workspace) -> None:
        """Share ``core`` with the engines of other workspaces."""
        self._core = core
        self.workspace = workspace

    @property
    def clock(self) -> Clock:
        """The only source of the present."""
        return self._core.clock

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        """Begin a transaction: committed on exit, rolled back on any error.

        Pass it on as ``within`` to write several things together. Instances concerned are
        advanced after the commit; see :meth:`transact`.

        Raises:
            StaleRevisionError: another transaction had precedence; nothing was stored, and
                trying again is safe.
        """
        with self._begun() as tx:
            yield tx

    def transact(self, do: Callable[[UnitOfWork], T]) -> T:
        """Do something in a transaction in which the instances concerned go on, before the commit.

        Those that another transaction holds, or that come late in a long row, go on after it. The
        transaction is begun again when it had to give way to another one; and once without the
        instances where one of them cannot go on: why is found out when it is tried alone.

        Args:
            do: is given the transaction, perhaps several times, so it keeps nothing elsewhere.

        Raises:
            StaleRevisionError: other transactions had precedence each time; nothing was stored.
        """
        going_on = False

        def work(tx: Transaction) -> T:
            nonlocal going_on
            going_on = False
            result = do(tx)
            going_on = True
            self._go_on(tx)
            going_on = False
            return result

        try:
            return self._write(work)
        except (StaleRevisionError, StorageError):
            raise
        except Exception as error:
            if not going_on:
                raise
            _log.warning(
                "an instance cannot go on; it is tried alone",
                workspace=self.workspace.key,
                error=type(error).__name__,
            )
            return self._write(do)

    @contextmanager
    def reading(self) -> Iterator[UnitOfWork]:
        """Begin a transaction that only reads; it waits for no writer, and no writer for it.

        On a database in memory, inside an open transaction of the same thread, it sees what that
        one has written so far.
        """
        with self._reading() as tx:
            yield tx

    @contextmanager
    def _begun(self) -> Iterator[Transaction]:
        begun = perf_counter()
        with self._core.storage.write(self.workspace) as tx:
            yield tx
            if tx.to_wake:
                self._core.waker.enlist(tx.connection, sorted(tx.to_wake))
        self._core.committed(tx, perf_counter() - begun)

    def _write(self, work: Callable[[Transaction], T], within: UnitOfWork | None = None) -> T:
        """Do ``work`` in the caller's transaction, or in one of its own, again if it gave way."""
        if within is not None:
            if within.workspace_id != self.workspace.id:
                raise ValueError(
                    "The transaction belongs to another workspace. Begin it on the same engine."
                )
            return work(cast(Transaction, within))
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with self._begun() as tx:
                    return work(tx)
            except StaleRevisionError:
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _go_on(self, tx: Transaction) -> None:
        begun = perf_counter()
        ids = iter(sorted(tx.to_wake))
        while some := list(islice(ids, _TOGETHER)):
            self._core.advancer.run(tx, some, now=self.clock.now(), wait=False)
            if perf_counter() - begun > _LONGEST:
                break

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        with self._core.storage.read(self.workspace) as tx:
            yield tx

    def _advance_now(self, tx: Transaction, within: UnitOfWork | None, *ids: int) -> bool:
        """Advance instances in this transaction if it is ours; tell whether all were free."""
        if within is not None:
            return False
        free = self._core.advancer.run(tx, ids, now=self.clock.now(), wait=False)
        return free.issuperset(ids)
