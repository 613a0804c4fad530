"""What the core asks of its storage, noun by noun.

All of it happens inside one transaction and one workspace, and takes many rows at once: the number
of statements must not grow with the batch. The one implementation is ``engine/storage``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from engine.deployed import DefinitionStore, StartStore
from engine.figures import Connections, Figures
from engine.history import HistoryEntry
from engine.instances import Instance, InstanceFilter, WaitingElement
from engine.messages import Message
from engine.observing import Work
from engine.ports import Catalogue, Change, Event, UnitOfWork
from engine.records import (
    Applied,
    Buffered,
    Due,
    Effects,
    Held,
    NewInstance,
    Subscribed,
    Written,
)
from engine.worklists import IncidentStore, JobStore, UserTaskStore
from engine.workspaces import Workspace


class InstanceStore(Protocol):
    """Process instances and their history."""

    def insert(self, new: Sequence[NewInstance]) -> list[int]:
        """Insert, and return the ids in the same order."""
        ...

    def lock(self, ids: Iterable[int], *, wait: bool, most: int | None = None) -> list[Held]:
        """Lock rows in id order; without ``wait`` those that somebody else holds are left out.

        With ``most``, which is not for waiting, it stops when it has so many.
        """
        ...

    def write(self, written: Sequence[Written]) -> None:
        """Store states, and ``next_due`` by the waits as they are now: those come first.

        Raises:
            StaleRevisionError: another worker wrote one of them first.
        """
        ...

    def refresh_due(self, ids: Iterable[int]) -> None:
        """Bring ``next_due`` up to date."""
        ...

    def active(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Return the active instances by (definition key, correlation key)."""
        ...

    def get(self, id: int) -> Instance:
        """Return one. Raises ``NotFoundError``."""
        ...

    def state(self, id: int) -> bytes | None:
        """Return the state; None before the first run. Raises ``NotFoundError``."""
        ...

    def find(self, where: InstanceFilter, *, before: int | None, limit: int) -> list[Instance]:
        """Return instances, newest first."""
        ...

    def count(self, where: InstanceFilter, *, most: int) -> int:
        """Return how many there are; counting ends at ``most``."""
        ...

    def running(self, keys: Collection[str], *, most: int) -> dict[str, int]:
        """Return how many run of each process; counting ends at ``most``."""
        ...

    def waiting(self, id: int) -> tuple[WaitingElement, ...]:
        """Return where its tokens wait, oldest first."""
        ...

    def history(self, id: int) -> list[HistoryEntry]:
        """Return what happened, in order."""
        ...

    def record(self, entries: Sequence[tuple[int, HistoryEntry]]) -> None:
        """Append to the histories of instances."""
        ...


class InboxStore(Protocol):
    """What happened to instances and waits to be applied."""

    def add(self, events: Sequence[tuple[int, Event]]) -> None:
        """Append events, in this order, to the inboxes of instances."""
        ...

    def take(self, ids: Collection[int]) -> dict[int, list[Event]]:
        """Remove the events of instances, and return them in the order they came."""
        ...


class WaitStore(Protocol):
    """Timers and subscriptions, and the opening and closing of waits of every kind."""

    def apply(self, effects: Effects, *, now: datetime) -> Applied:
        """Close waits, then open waits, and return the rows that came of it."""
        ...

    def fire(self, ids: Iterable[int], now: datetime) -> list[tuple[int, Event]]:
        """Take the due timers of instances that are locked, and return their events."""
        ...

    def signalled(self, name: str) -> list[tuple[int, int, int]]:
        """Return (instance id, token, slot) of what waits for a signal."""
        ...


class MessageStore(Protocol):
    """Message waits and the buffer."""

    def serialise(self, messages: Iterable[tuple[str, str | None]], *, waits: bool) -> None:
        """Let no other transaction correlate, or wait for, these (name, key) until the end.

        ``waits`` says on which side we are: opening waits for them, or correlating them.
        """
        ...

    def subscribed(self, messages: Iterable[tuple[str, str | None]]) -> list[Subscribed]:
        """Return the waits that could take one of the messages, oldest wait first."""
        ...

    def keep(self, messages: Sequence[Message], *, now: datetime) -> None:
        """Put messages into the buffer."""
        ...

    def wanted(self, ids: Iterable[int], *, now: datetime) -> dict[int, int]:
        """Return, by instance id, the id of the oldest buffered message the instance waits for."""
        ...

    def kept(
        self, *, now: datetime, names: Iterable[str] = (), keys: Iterable[str] = ()
    ) -> list[int]:
        """Return ids of buffered messages, of these names or keys, that could start something."""
        ...

    def take(self, ids: Sequence[int]) -> list[Buffered]:
        """Remove messages from the buffer and return those nobody else took, oldest first."""
        ...


class Transaction(UnitOfWork, Protocol):
    """A unit of work as the core sees it: with all its stores."""

    #: Instances that were left something in their inbox.
    to_wake: set[int]
    #: The earliest timer that was set.
    next_due: datetime | None
    #: Answers that were applied too late, as instance ids and tokens.
    too_late: set[tuple[int, int]]
    changes: list[Change]
    calls: list[Callable[[], None]]
    #: What is told to the observer.
    work: Work

    @property
    def workspace(self) -> Workspace:
        """Return the workspace all of it belongs to."""
        ...

    def go_on(self) -> None:
        """Tell the database that work goes on: it ends a transaction that is silent for long."""
        ...

    @property
    def definitions(self) -> DefinitionStore:
        """Return where definitions and deployments are kept."""
        ...

    @property
    def starts(self) -> StartStore:
        """Return what starts processes by itself."""
        ...

    @property
    def catalogue(self) -> Catalogue:
        """Return the definitions as the runner asks for them."""
        ...

    @property
    def instances(self) -> InstanceStore:
        """Return the process instances."""
        ...

    @property
    def inbox(self) -> InboxStore:
        """Return the inboxes."""
        ...

    @property
    def waits(self) -> WaitStore:
        """Return where it is kept what tokens wait for."""
        ...

    @property
    def messages(self) -> MessageStore:
        """Return the message waits and the buffer."""
        ...

    @property
    def user_tasks(self) -> UserTaskStore:
        """Return where user tasks are kept."""
        ...

    @property
    def jobs(self) -> JobStore:
        """Return where jobs are kept."""
        ...

    @property
    def incidents(self) -> IncidentStore:
        """Return where incidents are kept."""
        ...


class Storage(Protocol):
    """A database, seen as a place where transactions are begun."""

    def write(self, workspace: Workspace) -> AbstractContextManager[Transaction]:
        """Begin a transaction: committed on exit, rolled back on error."""
        ...

    def read(self, workspace: Workspace) -> AbstractContextManager[Transaction]:
        """Begin a transaction that only reads."""
        ...

    def workspaces(self) -> list[Workspace]:
        """Return all workspaces by key."""
        ...

    def create_workspace(self, key: str, name: str, zone: str) -> Workspace:
        """Return the workspace with that key, created if need be."""
        ...

    def grouped(self, ids: Iterable[int]) -> dict[int, list[int]]:
        """Return instance ids by the id of their workspace, in order."""
        ...

    def unapplied(self, *, limit: int, up_to: int | None = None) -> list[int]:
        """Return instances of all workspaces whose inbox is not empty.

        With ``up_to`` only those that have an event of that id or before.
        """
        ...

    def newest_event(self) -> int:
        """Return the id of the newest event in any inbox; 0 if there is none."""
        ...

    def address(self) -> dict[str, Any]:
        """Return what psycopg connects with.

        Raises:
            StorageError: the database is none of PostgreSQL.
        """
        ...

    def due(self, now: datetime, only: Workspace | None, *, limit: int) -> Due:
        """Return what is due.

        Args:
            now: the present, UTC.
            only: the one workspace that is asked for; None asks for all.
            limit: of timers of instances.
        """
        ...

    def learn(self) -> int:
        """Make what states of much used definition versions are packed with; return how many."""
        ...

    def forget(self, now: datetime) -> int:
        """Remove buffered messages of all workspaces whose time is over; return how many."""
        ...

    def next_due(self) -> datetime | None:
        """Return when the earliest timer of all workspaces is due."""
        ...

    def figures(self, now: datetime) -> Figures:
        """Return what an operator watches, of all workspaces."""
        ...

    def connections(self) -> Connections:
        """Return how many connections of this process are in use."""
        ...

    def close(self) -> None:
        """Close the database."""
        ...
