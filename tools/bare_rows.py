"""The floor: what the database alone needs to store the rows that a piece of work left behind."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.engine import Engine as Database


class Commits:
    """Counts the transactions that changed something, whoever opened them."""

    def __init__(self) -> None:
        """Start at none."""
        self.count = 0
        self._changing: set[int] = set()

    def executed(self, connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        """Note that this connection has written."""
        if statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}:
            self._changing.add(id(connection))

    def committed(self, connection: Any) -> None:
        """Count the transaction if it has written."""
        if id(connection) in self._changing:
            self._changing.discard(id(connection))
            self.count += 1


@contextmanager
def counted_commits() -> Iterator[Commits]:
    """Count the writing commits of this process inside the block."""
    commits = Commits()
    event.listen(Database, "before_cursor_execute", commits.executed)
    event.listen(Database, "commit", commits.committed)
    try:
        yield commits
    finally:
        event.remove(Database, "before_cursor_execute", commits.executed)
        event.remove(Database, "commit", commits.committed)


def seconds(
    source: Path, target: Path, *, commits: int, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Return the seconds for inserting all rows of ``source`` into ``target``, SQLite both.

    They go in in ``commits`` transactions of about the same size. The target gets the same tables
    and indexes, WAL and synchronous FULL, and no foreign keys: nothing but the rows. Reading the
    source is not timed. ``clock`` is what the seconds are taken from.
    """
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        new.isolation_level = None
        new.execute("PRAGMA journal_mode = WAL")
        new.execute("PRAGMA synchronous = FULL")
        tables = _copy_schema(old, new)
        rows = {table: old.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables}
        begin = clock()
        for part in range(commits):
            new.execute("BEGIN IMMEDIATE")
            for table, content in rows.items():
                if share := _share(content, part, commits):
                    marks = ", ".join("?" * len(share[0]))
                    new.executemany(f'INSERT INTO "{table}" VALUES ({marks})', share)
            new.execute("COMMIT")
        return clock() - begin


def seconds_on_postgresql(
    address: str, *, commits: int, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Return the seconds for inserting all rows of a database once more, beside themselves.

    As :func:`seconds` otherwise. COPY is the cheapest way in that PostgreSQL has.
    """
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in found]
        connection.execute("CREATE SCHEMA bare")
        rows = {}
        for table in tables:
            name = sql.Identifier(table)
            copy = sql.SQL("CREATE TABLE bare.{} (LIKE public.{} INCLUDING ALL)")
            connection.execute(copy.format(name, name))
            query = sql.SQL("SELECT * FROM public.{}").format(name)
            rows[table] = connection.execute(query).fetchall()
        connection.commit()
        begin = clock()
        for part in range(commits):
            for table, content in rows.items():
                if share := _share(content, part, commits):
                    into = sql.SQL("COPY bare.{} FROM STDIN").format(sql.Identifier(table))
                    with connection.cursor().copy(into) as copying:
                        for row in share:
                            copying.write_row(row)
            connection.commit()
        return clock() - begin


def _share(rows: list[Any], part: int, parts: int) -> list[Any]:
    first, last = (len(rows) * edge // parts for edge in (part, part + 1))
    return rows[first:last]


def _copy_schema(old: sqlite3.Connection, new: sqlite3.Connection) -> list[str]:
    """Create the tables and indexes of ``old`` in ``new`` and return the names of the tables."""
    query = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC"
    found = [row for row in old.execute(query) if not row[1].startswith("sqlite_")]
    for _, _, statement in found:
        new.execute(statement)
    return [name for kind, name, _ in found if kind == "table"]
