"""The PostgreSQL database an installation is moved to: fit for it, and empty."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, Table, delete, func, inspect, select

from engine.errors import StorageError
from engine.storage.server import OLDEST, facts
from engine.storage.tables import WorkspaceRow

#: Seconds to wait for somebody who uses the target.
_PATIENCE = 10
#: Tables of the wake-ups: the first start makes them, and sweeps what nobody was woken for.
_QUEUE = ("procrastinate_", "wakeup_")


def prepare(connection: Connection, ours: Sequence[Table], versions: Collection[str]) -> None:
    """Check the target and keep everybody else out of it until the transaction ends.

    Raises:
        StorageError: it is too old, has another encoding, or holds something.
    """
    found = facts(connection)
    if found.version < OLDEST:
        raise StorageError(
            f"The server is PostgreSQL {found.version}; Corral needs {OLDEST} or newer. "
            "Upgrade the server."
        )
    if found.encoding != "UTF8":
        raise StorageError(
            f"The target stores texts as {found.encoding}; words of customers need UTF8. Make "
            "another one: CREATE DATABASE corral ENCODING 'UTF8' TEMPLATE template0."
        )
    names = set(inspect(connection).get_table_names())
    strange = sorted(
        name
        for name in names - {table.name for table in ours} - set(versions)
        if not name.startswith(_QUEUE)
    )
    if strange:
        raise StorageError(
            f"The target holds tables of something else ({', '.join(strange[:5])}). Give Corral a "
            "database of its own."
        )
    there = [table for table in ours if table.name in names]
    connection.execute(select(func.set_config("lock_timeout", f"{_PATIENCE}s", True)))
    if there:
        listed = sql.SQL(", ").join(sql.Identifier(table.name) for table in there)
        driver: Any = connection.connection.driver_connection
        driver.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(listed))
    _expect_no_row(connection, there)


def _expect_no_row(connection: Connection, there: Sequence[Table]) -> None:
    workspace = WorkspaceRow.__table__
    for table in there:
        if table is workspace:
            continue
        first = select(func.count()).select_from(select(1).select_from(table).limit(1).subquery())
        if connection.execute(first).scalar_one():
            raise StorageError(
                f"The target is in use: its table {table.name} holds rows. Name an empty database; "
                "nothing was written."
            )
    # A start makes the first workspace. With nothing in it, it is as good as none.
    if any(table is workspace for table in there):
        connection.execute(delete(WorkspaceRow))
