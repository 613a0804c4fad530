"""What comes out the same for every test is found out once a process, and remembered.

Migrations of an empty database: nearly every test opens one of its own. Alembic takes twenty times
as long to find out what to say to it as the database takes to do it. One that holds tables of the
room already is migrated as ever.

Templates: each application has an environment of its own, which would compile all it shows.

Models of languages: whoever reads texts loads them, which takes a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from alembic.runtime.environment import EnvironmentContext
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, event, inspect

from channels.signals import OfflineSignals
from engine.storage import migrating

#: What a database is told, with the values, in order.
Told = list[tuple[str, Any]]
#: By kind of database, folder of migrations and version table.
_TOLD: dict[tuple[str, str, str], Told] = {}


class Migrations(EnvironmentContext):
    """Migrates an empty database as its parent does the first time, and then from memory."""

    def configure(self, connection: Any = None, version_table: str = "", **more: Any) -> None:
        """Note on what it works."""
        self._on, self._table = connection, version_table
        super().configure(connection=connection, version_table=version_table, **more)

    def run_migrations(self, **more: Any) -> None:
        """Bring the tables up to date."""
        if inspect(self._on).has_table(self._table):
            super().run_migrations(**more)
            return
        key = (self._on.dialect.name, self.script.dir, self._table)
        if key not in _TOLD:
            before = _made(self._on)
            with _listening(self._on) as told:
                super().run_migrations(**more)
            _TOLD[key] = self._short(before) or told
            return
        cursor = self._on.connection.cursor()
        for statement, values in _TOLD[key]:
            cursor.execute(statement, values)
        cursor.close()

    def _short(self, before: Told) -> Told:
        """Return what leads to the same tables at once; nothing where that is not known."""
        made = [each for each in _made(self._on) if each not in before]
        version = (f"INSERT INTO {self._table} VALUES (?)", (self.script.get_current_head(),))
        return [*made, version] if made else []


def _made(connection: Connection) -> Told:
    """Return what makes the tables and indexes there are, as SQLite keeps it."""
    if connection.dialect.name != "sqlite":
        return []
    kept = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
    return [(sql, ()) for (sql,) in connection.exec_driver_sql(f"{kept} ORDER BY rowid")]


@contextmanager
def _listening(connection: Connection) -> Iterator[Told]:
    """Give the list of what a connection is told while the block runs."""
    told: Told = []

    def heard(_on: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        told.append((statement, values))

    event.listen(connection, "before_cursor_execute", heard)
    yield told
    event.remove(connection, "before_cursor_execute", heard)


class CompiledTemplates(BytecodeCache):
    """Keeps compiled templates as long as the process lives."""

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of the same text."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


def remember() -> None:
    """Let all of this be remembered in this process."""
    migrating.EnvironmentContext = Migrations
    Flask.jinja_options = {"bytecode_cache": CompiledTemplates()}
    load = OfflineSignals.__dict__["_models"].func
    loaded = cache(lambda: load(None))
    OfflineSignals._models = property(lambda _reader: loaded())
