"""The storage the core is given: workspaces, and transactions with all their stores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Connection, delete, event, func, insert, select

from engine.errors import StaleRevisionError
from engine.figures import Connections, Figures
from engine.observing import Work
from engine.ports import Change
from engine.records import Due
from engine.storage.bulk import among
from engine.storage.catalogue import Files, SqlCatalogue
from engine.storage.database import Database, Synchronous
from engine.storage.definitions import Forms, SqlDefinitions
from engine.storage.dictionaries import Dictionaries
from engine.storage.due import due, earliest
from engine.storage.figures import figures
from engine.storage.instances import SqlInbox, SqlInstances
from engine.storage.jobs import SqlIncidents, SqlJobs
from engine.storage.messages import SqlMessages
from engine.storage.migrating import migrate
from engine.storage.news import tell
from engine.storage.starts import SqlStarts
from engine.storage.tables import (
    InboxRow,
    InstanceRow,
    MessageRow,
    WorkspaceRow,
)
from engine.storage.terms import REMEMBERED, Remembered, Terms
from engine.storage.user_tasks import SqlUserTasks
from engine.storage.waits import SqlWaits
from engine.workspaces import Workspace, check_key, check_zone

#: Where the engine's own migrations are, and the table that says how far they went.
MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "engine_version"
#: Files of definitions that are kept in memory.
_FILES = 256
#: Seconds of work after which PostgreSQL is told that it goes on; far fewer than it waits.
_SILENCE = 30.0

_WORKSPACE = (WorkspaceRow.id, WorkspaceRow.key, WorkspaceRow.name, WorkspaceRow.zone)
_GROUPED = (
    select(InstanceRow.workspace_id, InstanceRow.id)
    .where(among(InstanceRow.id))
    .order_by(InstanceRow.id)
)


class SqlTransaction:
    """One transaction in one workspace. See :class:`engine.stores.Transaction`."""

    def __init__(
        self,
        connection: Connection,
        workspace: Workspace,
        files: Files,
        forms: Forms,
        dictionaries: Dictionaries,
        terms: Remembered,
    ) -> None:
        """Work on an open transaction of the database; what is remembered outlives it."""
        self.connection: Any = connection
        self.workspace = workspace
        self.workspace_id = workspace.id
        numbers = Terms(connection, terms)
        self.starts = SqlStarts(connection, workspace.id)
        self.definitions = SqlDefinitions(connection, workspace.id, self.starts, forms)
        self.catalogue = SqlCatalogue(connection, workspace.id, files, dictionaries)
        self.instances = SqlInstances(connection, workspace.id, self.catalogue, numbers)
        self.inbox = SqlInbox(connection, workspace.id)
        self.waits = SqlWaits(connection, workspace.id, numbers)
        self.messages = SqlMessages(connection, workspace.id, numbers)
        self.user_tasks = SqlUserTasks(connection, workspace.id)
        self.jobs = SqlJobs(connection, workspace.id)
        self.incidents = SqlIncidents(connection, workspace.id)
        self.to_wake: set[int] = set()
        self.next_due: datetime | None = None
        self.too_late: set[tuple[int, int]] = set()
        self.changes: list[Change] = []
        self.calls: list[Callable[[], None]] = []
        self.work = Work()
        self._spoke = monotonic()

    def go_on(self) -> None:
        """Tell the database now and then that work goes on; see ``_FROZEN`` of the database."""
        if monotonic() - self._spoke > _SILENCE:
            self.connection.exec_driver_sql("SELECT 1")
            self._spoke = monotonic()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call ``call`` once the transaction is committed; never, if it is rolled back."""
        self.calls.append(call)

    def note(self, change: Change) -> None:
        """Tell listeners of ``change`` once the transaction is committed."""
        self.changes.append(change)


class SqlStorage:
    """The engine's tables in one database. Safe to use from many threads."""

    def __init__(self, url: str, *, synchronous: Synchronous = "FULL") -> None:
        """Open the database and bring the engine's tables up to date.

        Raises:
            StorageError: it cannot be opened, or is newer than this program.
        """
        self.database = Database(url, synchronous=synchronous)
        self._files = Files(_FILES)
        self._forms = Forms(_FILES)
        self._dictionaries = Dictionaries()
        self._terms = Remembered(REMEMBERED)
        # A server that comes back may be another one, or have forgotten what it stored last.
        event.listen(self.database.engine, "invalidate", lambda *_: self._terms.clear())
        migrate(self.database, MIGRATIONS, VERSION_TABLE)

    @contextmanager
    def write(self, workspace: Workspace) -> Iterator[SqlTransaction]:
        """Begin a transaction: committed on exit, rolled back on error."""
        with self.database.write() as connection:
            tx = self._begun(connection, workspace)
            yield tx
            tx.inbox.keep()
            if tx.changes and not self.database.sqlite:
                tell(connection, tx.changes)

    @contextmanager
    def read(self, workspace: Workspace) -> Iterator[SqlTransaction]:
        """Begin a transaction that only reads."""
        with self.database.read() as connection:
            yield self._begun(connection, workspace)

    def _begun(self, connection: Connection, workspace: Workspace) -> SqlTransaction:
        return SqlTransaction(
            connection, workspace, self._files, self._forms, self._dictionaries, self._terms
        )

    def workspaces(self) -> list[Workspace]:
        """Return all workspaces by key."""
        with self.database.read() as connection:
            rows = connection.execute(select(*_WORKSPACE).order_by(WorkspaceRow.key))
            return [Workspace(*row) for row in rows]

    def create_workspace(self, key: str, name: str, zone: str) -> Workspace:
        """Return the workspace with that key, created if need be.

        Raises:
            ValueError: for a key or a time zone nobody could use.
        """
        check_key(key)
        check_zone(zone)
        try:
            return self._ensured(key, name, zone)
        except StaleRevisionError:
            # Another process created it between our look and our insert: now it is there.
            return self._ensured(key, name, zone)

    def _ensured(self, key: str, name: str, zone: str) -> Workspace:
        with self.database.write() as connection:
            found = connection.execute(select(*_WORKSPACE).where(WorkspaceRow.key == key)).first()
            if found is None:
                statement = insert(WorkspaceRow).values(key=key, name=name, zone=zone)
                found = connection.execute(statement.returning(*_WORKSPACE)).one()
            return Workspace(*found)

    def grouped(self, ids: Iterable[int]) -> dict[int, list[int]]:
        """Return instance ids by the id of their workspace, in order."""
        with self.database.read() as connection:
            rows = connection.execute(_GROUPED, {"ids": sorted(set(ids))})
            found: dict[int, list[int]] = {}
            for workspace_id, id in rows:
                found.setdefault(workspace_id, []).append(id)
            return found

    def unapplied(self, *, limit: int, up_to: int | None = None) -> list[int]:
        """Return instances of all workspaces whose inbox is not empty."""
        statement = select(InboxRow.instance_id).distinct().order_by(InboxRow.instance_id)
        if up_to is not None:
            statement = statement.where(InboxRow.id <= up_to)
        with self.database.read() as connection:
            return list(connection.execute(statement.limit(limit)).scalars())

    def newest_event(self) -> int:
        """Return the id of the newest event in any inbox; 0 if there is none."""
        with self.database.read() as connection:
            return connection.execute(select(func.max(InboxRow.id))).scalar_one() or 0

    def address(self) -> dict[str, Any]:
        """Return what psycopg connects with. Raises ``StorageError`` on SQLite."""
        return self.database.address()

    def due(self, now: datetime, only: Workspace | None, *, limit: int) -> Due:
        """Return what is due, in one workspace or in all."""
        with self.database.read() as connection:
            return due(connection, now, only.id if only else None, limit=limit)

    def learn(self) -> int:
        """Make the dictionaries that are worth it by now; return how many."""
        return self._dictionaries.learn(self.database)

    def forget(self, now: datetime) -> int:
        """Remove buffered messages of all workspaces whose time is over; return how many."""
        over = MessageRow.expires_at <= now
        with self.database.read() as connection:
            if connection.execute(select(MessageRow.id).where(over).limit(1)).first() is None:
                return 0
        with self.database.write() as connection:
            return connection.execute(delete(MessageRow).where(over)).rowcount

    def next_due(self) -> datetime | None:
        """Return when the earliest timer of all workspaces is due."""
        with self.database.read() as connection:
            return earliest(connection)

    def figures(self, now: datetime) -> Figures:
        """Return what an operator watches, of all workspaces."""
        with self.database.read() as connection:
            return figures(connection, now)

    def connections(self) -> Connections:
        """Return how many connections of this process are in use."""
        return self.database.connections()

    def close(self) -> None:
        """Close the database."""
        self.database.close()
