"""The SQLite database that is moved, backed up or checked: held still, and looked through."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Table

from engine.errors import StorageError
from engine.storage.integrity import damage
from engine.storage.moving.kinds import quoted, suits

#: Rows of one table that are named one by one.
_NAMED = 20
#: Rows read at a time.
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that SQLite tolerates and PostgreSQL does not."""

    table: str
    row: int  #: its row id, which is its ``id`` wherever there is one
    what: str  #: goes on after "table row"

    def __str__(self) -> str:
        """Return it as a person reads it."""
        return f"{self.table} {self.row} {self.what}"


class SqliteSource:
    """One SQLite file, which nobody else writes to while this is open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Work on a connection that is in a transaction."""
        self._connection = connection

    @classmethod
    @contextmanager
    def held(cls, file: Path) -> Iterator[SqliteSource]:
        """Open the file and keep all writers out until the block ends; nothing is written.

        Raises:
            StorageError: it is not there, is no database, or somebody else is writing to it.
        """
        if not file.is_file():
            raise StorageError(f"There is no SQLite database at {file}. Check the address.")
        try:
            uri = f"{file.absolute().as_uri()}?mode=rw"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5)
            with closing(connection):
                # Half a character must not stop the move: it is told, and replaced.
                connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
                connection.execute("BEGIN IMMEDIATE")
                yield cls(connection)
        except sqlite3.Error as error:
            raise StorageError(
                f"The SQLite database {file} cannot be read: {error}. If another program uses it, "
                "stop that first; else see 'damaged database' in docs/operating/repairing.md."
            ) from error

    def tables(self) -> set[str]:
        """Return the names of all tables but SQLite's own."""
        rows = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in rows if not name.startswith("sqlite_")}

    def count(self, table: Table) -> int:
        """Return how many rows a table has."""
        query = f"SELECT count(*) FROM {quoted(table.name)}"  # noqa: S608 - a name of our own
        (found,) = self._connection.execute(query).fetchone()
        return int(found)

    def batches(self, table: Table, columns: Sequence[str]) -> Iterator[list[tuple[object, ...]]]:
        """Yield the rows as SQLite keeps them, oldest first, some thousands at a time."""
        names = ", ".join(map(quoted, columns))
        query = f"SELECT {names} FROM {quoted(table.name)} ORDER BY rowid"  # noqa: S608
        rows = self._connection.execute(query)
        while batch := rows.fetchmany(_BATCH):
            yield batch

    def faults(self, tables: Sequence[Table]) -> list[Fault]:
        """Return rows of a wrong type and rows that point nowhere, up to twenty of a table."""
        return [*self._dangling(), *(fault for table in tables for fault in self._wrong(table))]

    def damage(self) -> list[str]:
        """Return what is wrong with the file itself, in SQLite's words; empty when all is well."""
        return damage(self._connection)

    def _dangling(self) -> Iterator[Fault]:
        told: dict[str, int] = {}
        for table, row, parent, _ in self._connection.execute("PRAGMA foreign_key_check"):
            told[table] = told.get(table, 0) + 1
            if told[table] <= _NAMED:
                yield Fault(table, row, f"points to a row of {parent} that is not there")

    def _wrong(self, table: Table) -> Iterator[Fault]:
        cases = " ".join(
            f"WHEN NOT {suits(column)} THEN {number}" for number, column in enumerate(table.columns)
        )
        query = (
            f"SELECT rowid, bad FROM (SELECT rowid, CASE {cases} END AS bad "  # noqa: S608
            f"FROM {quoted(table.name)}) WHERE bad IS NOT NULL LIMIT {_NAMED}"
        )
        columns = list(table.columns)
        for row, number in self._connection.execute(query):
            yield Fault(table.name, row, self._said(table, columns[number].name, row))

    def _said(self, table: Table, column: str, row: int) -> str:
        query = (
            f"SELECT typeof({quoted(column)}), substr({quoted(column)}, 1, 40) "  # noqa: S608
            f"FROM {quoted(table.name)} WHERE rowid = ?"
        )
        kind, value = self._connection.execute(query, (row,)).fetchone()
        return f"has in {column} a value that does not fit there ({kind}: {value!r})"
