"""The floor: what the database alone needs to store the rows that a piece of work left behind."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

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


def seconds(source: Path, target: Path, *, commits: int) -> float:
    """Return the seconds for inserting all rows of ``source`` into ``target``.

    They go in in ``commits`` transactions of about the same size. The target gets the same tables
    and indexes, WAL and synchronous FULL, and no foreign keys: nothing but the rows. Reading the
    source is not timed.
    """
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        new.isolation_level = None
        new.execute("PRAGMA journal_mode = WAL")
        new.execute("PRAGMA synchronous = FULL")
        tables = _copy_schema(old, new)
        rows = {table: old.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables}
        begin = time.perf_counter()
        for part in range(commits):
            new.execute("BEGIN IMMEDIATE")
            for table, content in rows.items():
                first, last = (len(content) * edge // commits for edge in (part, part + 1))
                if share := content[first:last]:
                    marks = ", ".join("?" * len(share[0]))
                    new.executemany(f'INSERT INTO "{table}" VALUES ({marks})', share)
            new.execute("COMMIT")
        return time.perf_counter() - begin


def _copy_schema(old: sqlite3.Connection, new: sqlite3.Connection) -> list[str]:
    """Create the tables and indexes of ``old`` in ``new`` and return the names of the tables."""
    query = "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC"
    found = [row for row in old.execute(query) if not row[1].startswith("sqlite_")]
    for _, _, sql in found:
        new.execute(sql)
    return [name for kind, name, _ in found if kind == "table"]
