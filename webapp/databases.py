"""The database of an installation as an operator looks after it: versions, damage, moving, backups.

The rooms are listed here once, in the order of their foreign keys.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from channels import storage as channel_storage
from channels.storage import tables as channel_tables
from engine.errors import StorageError
from engine.storage import opening
from engine.storage import tables as engine_tables
from engine.storage.database import Database
from engine.storage.migrating import Standing, standing
from engine.storage.moving import Fault, Moved, Progress, Room, SqliteSource, move, tables_of
from engine.storage.moving.addresses import shown_postgres, sqlite_file
from engine.storage.server import ServerFacts, companions, facts
from webapp import storage as own_storage
from webapp.data_dir import mark_moved, running_alone
from webapp.settings import DATABASE_FILE
from webapp.storage import tables as own_tables

ROOMS = {
    "engine": Room(opening.MIGRATIONS, opening.VERSION_TABLE, engine_tables.metadata),
    "channels": Room(
        channel_storage.MIGRATIONS, channel_storage.VERSION_TABLE, channel_tables.metadata
    ),
    "webapp": Room(own_storage.MIGRATIONS, own_storage.VERSION_TABLE, own_tables.metadata),
}
#: Faults that are named in one message.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Check:
    """What is wrong with a SQLite database; both are empty when all is well."""

    damage: list[str]  #: in SQLite's words
    faults: list[Fault]  #: rows that a move would refuse


def versions(url: str) -> dict[str, Standing]:
    """Return how the tables of each room stand to this program. Nothing is made or changed.

    Raises:
        StorageError: the database cannot be opened.
    """
    with closing(Database(url)) as database, database.read() as connection:
        return {
            name: standing(connection, room.migrations, room.version_table)
            for name, room in ROOMS.items()
        }


def connected(url: str) -> list[str]:
    """Return the other processes of Corral on a PostgreSQL database, as ``"host:process id"``.

    On SQLite the answer is empty: the lock of the data directory keeps others out there.

    Raises:
        StorageError: the database cannot be opened.
    """
    with closing(Database(url)) as database, database.read() as connection:
        return [] if database.sqlite else companions(connection)


def server_facts(url: str) -> tuple[ServerFacts, timedelta, int]:
    """Ask the PostgreSQL server of an installation what it is like.

    Returns:
        Its facts, how far its clock is ahead of ours, and how many connections one process may
        open to it.

    Raises:
        StorageError: the database cannot be opened.
    """
    with closing(Database(url)) as database, database.read() as connection:
        if database.sqlite:
            raise StorageError("SQLite has no server.")
        before = datetime.now(UTC)
        found = facts(connection)
        ahead = found.now - (before + (datetime.now(UTC) - before) / 2)
        return found, ahead, database.connections().most


def check_sqlite(file: Path) -> Check:
    """Look through a SQLite database; writers wait meanwhile.

    Raises:
        StorageError: it cannot be read at all.
    """
    with SqliteSource.held(file) as source:
        damage = source.damage()
        # Rows of a damaged file are whatever the damage left of them.
        return Check(damage, [] if damage else source.faults(tables_of(ROOMS.values())))


def move_installation(source_url: str, target_url: str, tell: Progress) -> Moved:
    """Copy an installation on SQLite to an empty PostgreSQL database, all or nothing.

    The SQLite database stays as it is, and its data directory says that it was moved, so that it
    is not started again by mistake.

    Raises:
        StorageError: one of the two cannot be used, or a row cannot be stored; nothing was written.
        AlreadyRunningError: Corral runs on the source.
    """
    file, shown = sqlite_file(source_url), shown_postgres(target_url)
    with running_alone(file.parent):
        _expect_current(source_url, file)
        with SqliteSource.held(file) as source:
            _expect_no_fault(source, file)
            with closing(Database(target_url)) as database:
                moved = move(source, database, list(ROOMS.values()), tell)
            if file.name == DATABASE_FILE:
                mark_moved(file.parent, shown)
    return moved


def _expect_current(url: str, file: Path) -> None:
    found = versions(url)
    if "newer" in found.values():
        raise StorageError(
            f"{file} is newer than this program. Move it with the version of Corral that wrote it."
        )
    behind = [name for name, standing in found.items() if standing != "current"]
    if len(behind) == len(found) and set(found.values()) == {"none"}:
        raise StorageError(f"{file} holds no installation of Corral. Check the address.")
    if behind:
        raise StorageError(
            f"{file} is older than this program (tables of {', '.join(behind)}). Back it up, run "
            f"'corral db upgrade --data {file.parent}', and move it then."
        )


def _expect_no_fault(source: SqliteSource, file: Path) -> None:
    if damage := source.damage():
        raise StorageError(
            f"{file} is damaged: {damage[0]}. Nothing was moved. See 'damaged database' in "
            "docs/operating/repairing.md."
        )
    if found := source.faults(tables_of(ROOMS.values())):
        named = "; ".join(map(str, found[:_NAMED]))
        more = f"; and {len(found) - _NAMED} more" if found[_NAMED:] else ""
        raise StorageError(
            f"{len(found)} rows cannot be stored in PostgreSQL: {named}{more}. Nothing was moved. "
            f"'corral db check --data {file.parent}' lists them; mend them as "
            "docs/operating/repairing.md says."
        )
