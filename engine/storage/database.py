"""Opens a database, SQLite or PostgreSQL, and gives out its transactions.

SQLite: write-ahead log, ``BEGIN IMMEDIATE`` for whoever may write (writers queue up, instead of
failing when a reader turns writer), and a plain ``BEGIN`` for readers, which never wait. A
database in memory has one connection, and a lock that lets one thread in at a time.
"""

from __future__ import annotations

import select
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Literal

import psycopg
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    DBAPIError,
    InvalidatePoolError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool, StaticPool

from engine.errors import StaleRevisionError, StorageError
from engine.figures import Connections
from engine.storage.address import for_libpq, read_address, shown_address
from engine.storage.cursors import remembering
from engine.storage.wire import driver_of, wire_of

Synchronous = Literal["FULL", "NORMAL"]

#: How long a SQLite writer waits for the one before it, in seconds.
_PATIENCE = 30
#: Connections that stay open, and that there are at most. Each thread of work needs one.
_KEPT, _MOST = 20, 40
#: Statements whose plans a connection keeps. What is asked twice is prepared.
_PREPARED = 300
#: Seconds after which a connection plans anew: tables that nobody has analysed may have grown.
_PLANNED = 60.0
#: Seconds that a thread waits for one of them. A person is not to look at an empty page for longer.
_QUEUE = 10.0
#: Seconds that a connection which said nothing is taken for good without being tried.
_SURE = 1.0
#: A process that is frozen in the middle of a transaction holds its rows for so long; then the
#: server ends the transaction, and others take them. A batch of long runs says that it goes on.
_FROZEN = "5min"
#: PostgreSQL: serialization failure, deadlock, prepared statement that is gone. Safe to try again.
_TRY_AGAIN = {"40001", "40P01", "26000"}
#: What the driver raises where the connection is broken, or closed.
_LOST = (psycopg.OperationalError, psycopg.InterfaceError)
_DOUBLE = (sqlite3.IntegrityError, psycopg.IntegrityError)
#: PostgreSQL: no room; a data page or an index that is not as it was written.
_DISK_FULL, _DAMAGED = "53100", {"XX001", "XX002"}
#: Two transactions started an instance under one correlation key, numbered a version, created a
#: workspace, or stored what the network calls by one id, at the same moment; the second one lost.
#: As PostgreSQL and as SQLite name them.
_RACES = (
    "uq_instance_active_correlation_key",
    "uq_definition_workspace_id_kind_key_version",
    "uq_workspace_key",
    "uq_reply_account_id_external_id",
    "instance.correlation_key",
)


class _Here(threading.local):
    """What a thread has open."""

    connection: Connection | None = None  #: of the transaction that writes
    reading: Connection | None = None


class Database:
    """One open database. Safe to use from many threads."""

    def __init__(self, url: str, *, synchronous: Synchronous = "FULL") -> None:
        """Connect.

        Args:
            url: ``sqlite://`` is in memory, ``sqlite:///corral.sqlite`` a file;
                ``postgresql+psycopg://...`` a server.
            synchronous: SQLite only. ``FULL`` survives a power cut with the last commit;
                ``NORMAL`` is several times faster and may lose the last commits then.

        Raises:
            StorageError: nothing can be opened there.
        """
        parsed = read_address(url)
        self.sqlite = parsed.get_backend_name() == "sqlite"
        self.memory = self.sqlite and parsed.database in (None, "", ":memory:")
        options: dict[str, Any] = {}
        if self.sqlite:
            options["connect_args"] = {"timeout": _PATIENCE, "check_same_thread": False}
        else:
            options["connect_args"] = {
                **for_libpq(parsed),
                "cursor_factory": remembering(),
                "prepare_threshold": 1,
            }
        if self.memory:
            options["poolclass"] = StaticPool
        else:
            options |= {"pool_size": _KEPT, "max_overflow": _MOST - _KEPT, "pool_timeout": _QUEUE}
            # The one that was used last: the server keeps plans, and what it knows of tables, for
            # each connection.
            options["pool_use_lifo"] = True
        # An error of the database must not quote what customers wrote: it ends in the log.
        self.engine = create_engine(parsed, hide_parameters=True, **options)
        self._turn = threading.RLock() if self.memory else None
        self._here = _Here()
        if self.sqlite:
            self._prepare_sqlite(synchronous)
        else:
            self._prepare_postgresql()
        with _opening(parsed), self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a transaction: committed at the end, rolled back on any error.

        Raises:
            StaleRevisionError: the database chose this transaction to give way; safe to try again.
            RuntimeError: this thread is in a transaction of this database already. It would wait
                for itself; pass the open one on instead.
        """
        if self._here.connection is not None:
            raise RuntimeError(
                "This thread has a transaction open; pass it on as within= instead of opening one."
            )
        with self._alone(), _translated(), self.engine.connect() as connection:
            self._here.connection = connection
            try:
                if not self.sqlite and driver_of(connection).autocommit:
                    driver_of(connection).autocommit = False
                with connection.begin():
                    yield connection
                # A reading around it sees on SQLite what was there before: the next is another one.
                self._here.reading = None
            finally:
                self._here.connection = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a transaction that only reads; it waits for no writer.

        Inside another one of the same thread it is that one, unless the thread wrote meanwhile, and
        so it is inside a transaction that writes on a database in memory.
        On PostgreSQL, where each statement sees what is committed when it begins, each is one of
        its own: that saves two messages to the server.
        """
        with self._alone(), _translated():
            outer = self._here.reading or (self._here.connection if self.memory else None)
            if outer is not None and not outer.closed:
                yield outer
                return
            with self.engine.connect() as connection, self._beginning(connection) as begun:
                self._here.reading = begun
                try:
                    yield begun
                finally:
                    self._here.reading = None

    @contextmanager
    def _beginning(self, connection: Connection) -> Iterator[Connection]:
        if self.sqlite:
            reads = connection.execution_options(corral_reads=True)
            with reads.begin():
                yield reads
            return
        if not driver_of(connection).autocommit:
            driver_of(connection).autocommit = True
        try:
            yield connection
        finally:
            if not connection.invalidated and driver_of(connection).closed:
                # Lost in a statement of the driver's: else the pool finds out, and tells the log.
                connection.invalidate()

    def connections(self) -> Connections:
        """Return how many connections are in use, and may be; in memory there is one."""
        pool = self.engine.pool
        if isinstance(pool, QueuePool):
            return Connections(pool.checkedout(), _MOST)
        return Connections(0, 1)

    def address(self) -> dict[str, Any]:
        """Return what psycopg connects with: host, database, user and so on.

        Raises:
            StorageError: the database is none of PostgreSQL.
        """
        if self.sqlite:
            raise StorageError(
                "Several processes need PostgreSQL, and this database is SQLite. Set "
                "CORRAL_DATABASE_URL to a PostgreSQL server, or use 'corral run'."
            )
        _, found = self.engine.dialect.create_connect_args(self.engine.url)
        # How SQLAlchemy adapts its own types is nothing that a connection of others needs.
        address = dict(found) | for_libpq(self.engine.url)
        address.pop("context", None)
        return address

    def close(self) -> None:
        """Close all connections. A database in memory is gone then."""
        self.engine.dispose()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        with self._turn:
            yield

    def _prepare_postgresql(self) -> None:
        @event.listens_for(self.engine, "connect")
        def _connected(connection: Any, _record: Any) -> None:
            connection.prepared_max = _PREPARED
            connection.execute(f"SET idle_in_transaction_session_timeout = '{_FROZEN}'")
            connection.commit()

        @event.listens_for(self.engine, "rollback")
        def _rolled_back(connection: Connection) -> None:
            # A lost one is thrown away, and where each statement is on its own, nothing is undone.
            if not connection.invalidated and not driver_of(connection).autocommit:
                wire_of(connection).doubt()

        @event.listens_for(self.engine, "checkin")
        def _given_back(_connection: Any, record: ConnectionPoolEntry) -> None:
            record.info["since"] = monotonic()

        @event.listens_for(self.engine, "checkout")
        def _taken(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
            now, info = monotonic(), record.info
            said_last = info.get("since", now)
            try:
                if now - said_last >= _SURE or _said_something(connection):
                    self.engine.dialect.do_ping(connection)
                if now - info.setdefault("planned", now) >= _PLANNED:
                    info["planned"] = now
                    connection.pgconn.exec_(b"DISCARD PLANS")
            except psycopg.Error as gone:
                # It is replaced by a new one, and so are the others that wait.
                raise InvalidatePoolError from gone

    def _prepare_sqlite(self, synchronous: Synchronous) -> None:
        @event.listens_for(self.engine, "connect")
        def _connected(connection: Any, _record: Any) -> None:
            # We say BEGIN ourselves; the driver would say it too late, and never IMMEDIATE.
            connection.isolation_level = None
            for pragma in (
                "journal_mode=WAL",
                f"synchronous={synchronous}",
                "foreign_keys=ON",
                f"busy_timeout={_PATIENCE * 1000}",
            ):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(self.engine, "begin")
        def _begun(connection: Connection) -> None:
            reads = connection.get_execution_options().get("corral_reads", False)
            connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _said_something(connection: psycopg.Connection[Any]) -> bool:
    """Tell whether the server sent what nobody asked for: that is how it says farewell."""
    heard = select.poll()
    heard.register(connection.fileno(), select.POLLIN)
    return bool(heard.poll(0))


def _reason(error: Exception) -> str:
    """Return what the driver says, in one line."""
    lines = str(getattr(error, "orig", error)).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _meant(error: Exception, *, lost: bool) -> StorageError | StaleRevisionError | None:
    """Return what an error of the driver means; ``lost``: the connection may be."""
    if isinstance(error, _DOUBLE) and any(race in str(error) for race in _RACES):
        return StaleRevisionError(
            "Another transaction stored the same at the same moment. Nothing was stored; try again."
        )
    if "database is locked" in str(error):
        return StorageError(
            f"Another program held the database for {_PATIENCE} seconds. Nothing was stored. "
            "Try again; if it stays so, look for the program that holds it."
        )
    if getattr(error, "sqlstate", None) in _TRY_AGAIN:
        return StaleRevisionError(
            "The database gave way to another transaction. Nothing was stored; try again."
        )
    if told := _told(error):
        return StorageError(told)
    if lost:
        # It restarts, or the network is cut: whoever asked is not to blame.
        return StorageError(
            f"The database cannot be used: {_reason(error)}. See whether it was stored, and "
            "try again; if it stays so, 'corral doctor' may know more."
        )
    return None


def _told(error: Exception) -> str | None:
    """Return what to say when there is no doubt what is wrong, and no use in trying again."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    state = getattr(error, "sqlstate", None)
    if _is_full(error):
        return (
            "The disk of the database is full. Nothing was stored, and nothing is lost that was "
            "stored before. Make room there; what waits goes on by itself."
        )
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or state in _DAMAGED:
        return (
            f"The database is damaged: {_reason(error)}. Stop Corral before it gets worse, and see "
            "'damaged database' in docs/operating/repairing.md."
        )
    return None


def _is_full(error: Exception) -> bool:
    """Tell whether the disk of the database has no room."""
    cause = getattr(error, "orig", error)
    code, state = getattr(cause, "sqlite_errorcode", 0) & 0xFF, getattr(cause, "sqlstate", None)
    return code == sqlite3.SQLITE_FULL or state == _DISK_FULL


@contextmanager
def _opening(url: URL) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, NoSuchModuleError) as error:
        if _is_full(error):
            cure = "its disk has room"
        elif url.get_backend_name() == "sqlite":
            cure = "the folder exists and may be written"
        else:
            cure = "the server runs and the address is right"
        raise StorageError(
            f"The database {shown_address(url)} cannot be opened: "
            f"{_reason(error)}. Check that {cure}."
        ) from error


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except PoolTimeoutError as error:
        raise StorageError(
            f"All {_MOST} connections to the database are in use. Try again in a moment; if it "
            "stays so, the database is slow, or more processes have to share the work."
        ) from error
    except DBAPIError as error:
        lost = isinstance(error, OperationalError) or error.connection_invalidated
        if meant := _meant(error.orig or error, lost=lost):
            raise meant from error
        raise
    except psycopg.Error as error:
        # Of a statement that was handed to the driver as it is: see engine.storage.ready.
        if meant := _meant(error, lost=isinstance(error, _LOST)):
            raise meant from error
        raise
