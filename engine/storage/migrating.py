"""Brings the tables of one room up to date.

Each room (engine, channels, webapp) has its own folder of migrations and its own version table,
so that none has to know the others'. A folder needs nothing but ``versions/*.py`` in the manner of
Alembic; there is no ``env.py``.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Literal

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from engine.errors import StorageError
from engine.storage.database import Database
from engine.storage.server import MIGRATION_LOCK, companions
from engine.storage.wire import wire_of

#: ``none``: there are no tables yet. ``newer``: this program does not know the version.
Standing = Literal["none", "older", "current", "newer"]

#: Seconds that programs of the older version have to end, and between two looks.
_PATIENCE, _PAUSE = 10.0, 0.2


def migrate(database: str | Database, script_location: Path, version_table: str) -> None:
    """Run the migrations that the database has not seen yet, all in one transaction.

    Args:
        database: an open database, or the address of one.
        script_location: folder that holds ``versions/``.
        version_table: where the room keeps its own version, such as ``"channels_version"``.

    Raises:
        StorageError: the database cannot be opened, or is newer than this program.
    """
    if isinstance(database, str):
        opened = Database(database)
        try:
            migrate(opened, script_location, version_table)
        finally:
            opened.close()
        return
    with database.write() as connection:
        upgrade(connection, script_location, version_table)


def upgrade(connection: Connection, script_location: Path, version_table: str) -> None:
    """Run the missing migrations on a connection that is in a transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:k)"), {"k": MIGRATION_LOCK})
        _expect_alone(connection, script_location, version_table)
    scripts = ScriptDirectory(str(script_location))

    def steps(revision: Any, _context: MigrationContext) -> Any:
        try:
            return scripts._upgrade_revs("head", revision)
        except CommandError as error:
            raise StorageError(
                f"The database is newer than this program (its {version_table} is {revision}). "
                "Install the version of Corral that wrote it, or restore a backup."
            ) from error

    # One transaction a migration is Alembic's default on SQLite; ours covers all of them.
    with EnvironmentContext(Config(), scripts, fn=steps, destination_rev="head") as context:
        context.configure(
            connection=connection, version_table=version_table, transactional_ddl=True
        )
        context.run_migrations()
    if connection.dialect.name == "postgresql":
        wire_of(connection).doubt()  # psycopg throws away what was prepared before tables changed


def _expect_alone(connection: Connection, script_location: Path, version_table: str) -> None:
    """Keep the tables of an installation as they are while older programs work on them."""
    if standing(connection, script_location, version_table) != "older":
        return
    end = time.monotonic() + _PATIENCE
    while others := companions(connection):
        if time.monotonic() > end:
            raise StorageError(
                f"The tables of {version_table} have to be upgraded, and Corral is still running "
                f"on them: {', '.join(others[:5])} (host:process). Stop every 'corral web', "
                "'corral worker' and 'corral run' first, then run: corral db upgrade"
            )
        time.sleep(_PAUSE)


def pending(database: Database, script_location: Path, version_table: str) -> bool:
    """Tell whether :func:`migrate` has anything to do."""
    with database.read() as connection:
        return standing(connection, script_location, version_table) != "current"


def standing(connection: Connection, script_location: Path, version_table: str) -> Standing:
    """Tell how the tables of a room stand to this program; nothing is changed."""
    scripts = ScriptDirectory(str(script_location))
    context = MigrationContext.configure(connection, opts={"version_table": version_table})
    found = context.get_current_revision()
    if found is None:
        return "none"
    if found == scripts.get_current_head():
        return "current"
    known = {script.revision for script in scripts.walk_revisions()}
    return "older" if found in known else "newer"
