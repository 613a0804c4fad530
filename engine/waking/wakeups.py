"""The wake-ups that wait in PostgreSQL, and their tables: those of Procrastinate.

A wake-up (Procrastinate calls it a job, a word that means something else here) names up to fifty
instances. It is written in the transaction that left something in their inboxes. It holds no
state: to do one twice, or one too many, changes nothing.

The tables lie beside our own, with names of their own (``procrastinate_...``). How far their
migrations went is kept in ``wakeup_version``, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import psycopg
from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.schema import SchemaManager

from engine.errors import StorageError

#: Where wake-ups wait, and the name of what is called for them.
QUEUE = "corral"
ADVANCE = "advance"
#: Instances a wake-up. Those of a larger transaction become several, for several workers.
_MOST = 50

#: Any number, the same in every process: whoever holds it migrates, the others wait.
_MIGRATION_LOCK = 6_702_002
_VERSION_TABLE = "CREATE TABLE wakeup_version (version text PRIMARY KEY)"


class WakeUps:
    """Writes wake-ups into transactions of other people. Safe to use from many threads."""

    def __init__(self) -> None:
        """Connect to nothing: each call brings its connection."""
        self._app = App(connector=SyncPsycopgConnector())

    def enlist(self, connection: psycopg.Connection[Any], instance_ids: Sequence[int]) -> None:
        """Write down which instances are to be advanced once the transaction is committed.

        Raises:
            StorageError: the database refuses; the transaction cannot be committed any more.
        """
        ids = iter(instance_ids)
        each: list[dict[str, Any]] = []
        while part := list(islice(ids, _MOST)):
            each.append({"ids": part})
        deferrer = self._app.configure_task(
            ADVANCE, queue=QUEUE, connection=connection, allow_unknown=True
        )
        try:
            deferrer.batch_defer(*each)
        except ConnectorException as error:
            raise StorageError(
                f"The wake-up of {len(instance_ids)} instance(s) cannot be stored: "
                f"{error.__cause__}. Nothing was stored; try again, and see 'corral doctor'."
            ) from error


def prepare(address: Mapping[str, Any]) -> None:
    """Make the tables of the wake-ups, or bring them up to date. Safe in many processes at once.

    Args:
        address: what psycopg connects with.

    Raises:
        StorageError: the database cannot be reached, or is newer than this program.
    """
    try:
        with psycopg.connect(**address) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_MIGRATION_LOCK,))
            _upgrade(connection)
    except psycopg.Error as error:
        raise StorageError(
            f"The tables of the wake-ups cannot be made: {str(error).strip()}. Check that the "
            "server runs, and that its role may create tables and types in the database."
        ) from error


def _upgrade(connection: psycopg.Connection[Any]) -> None:
    known = _migrations()
    reached, newest = _reached(connection), max(known)
    if reached == newest:
        return  # this role may not be allowed to make tables; it need not be
    if reached is not None and reached > newest:
        raise StorageError(
            f"The database is newer than this program (its wakeup_version is {reached}). Install "
            "the version of Corral that wrote it, or restore a backup."
        )
    if reached is None:
        # In the manner of Procrastinate: a new database gets the whole at once.
        connection.execute(_VERSION_TABLE)
        connection.execute(SchemaManager.get_schema().encode())
    for version, path in sorted(known.items()):
        if reached is not None and version > reached:
            connection.execute(path.read_bytes())
    connection.execute("DELETE FROM wakeup_version")
    connection.execute("INSERT INTO wakeup_version VALUES (%s)", (newest,))


def _reached(connection: psycopg.Connection[Any]) -> str | None:
    """Return how far the tables are; None where there are none."""
    there = connection.execute("SELECT to_regclass('wakeup_version')").fetchone()
    if there is None or there[0] is None:
        return None
    row = connection.execute("SELECT max(version) FROM wakeup_version").fetchone()
    return None if row is None else row[0]


def _migrations() -> dict[str, Path]:
    """Return the migrations that Procrastinate ships; their names sort as they are to be run."""
    return {path.stem: path for path in Path(SchemaManager.get_migrations_path()).glob("*.sql")}
