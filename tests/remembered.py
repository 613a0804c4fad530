"""What comes out the same for every test is found out once a process, and remembered.

Migrations of an empty database: nearly every test opens one of its own. Alembic takes twenty times
as long to find out what to say to it as the database takes to do it. One that holds tables of the
room already is migrated as ever, unless they are the newest.

Templates: each application has an environment of its own, which would compile all it shows.

Rules of addresses: each application has them all, and each becomes two small programs.

Statements: each database has a dialect of its own, and would write all it is told as SQL anew.

Files: nearly every engine deploys one of a few, and what reading them finds depends on them alone.

Models of languages: whoever reads texts loads them, which takes a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any

from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from channels.signals import OfflineSignals
from engine import opening
from engine.bpmn.runner import SpiffRunner
from engine.definitions import Executable, FileReport, Source
from engine.storage import database, migrating

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
            if not self._is_newest():
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

    def _is_newest(self) -> bool:
        there = self._on.exec_driver_sql(f"SELECT version_num FROM {self._table}").scalars().all()
        return there == [self.script.get_current_head()]

    def _short(self, before: Told) -> Told:
        """Return what leads to the same tables at once; nothing where that is not known."""
        made = [each for each in _made(self._on) if each not in before]
        version = (f"INSERT INTO {self._table} VALUES (?)", (self.script.get_current_head(),))
        return [*made, version] if made else []


#: By folder; to know the last migration, all of them are imported.
scripts = cache(ScriptDirectory)


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


def compiled_once(compiled: Callable[[Rule, bool], Any]) -> Callable[[Rule, bool], Any]:
    """Return what makes the program of a rule, which asks its rule for all that may differ."""
    kept: dict[Any, Any] = {}

    @wraps(compiled)
    def found(rule: Rule, append_unknown: bool = True) -> Any:
        key = (append_unknown, rule.rule, repr(rule.defaults), *rule._trace)
        if key not in kept:
            kept[key] = compiled(rule, append_unknown)
        return kept[key]

    return found


#: Statements as SQL, of all databases of this process.
_WRITTEN: LRUCache[Any, Any] = LRUCache(10_000)


def one_language(address: Any, **more: Any) -> Engine:
    """Return what SQLAlchemy makes for an address; it knows what others of its kind wrote."""
    made = create_engine(address, **more)
    made._compiled_cache = _WRITTEN
    return made


class ReadOnce(SpiffRunner):
    """Reads a deployment as its parent does the first time, and then from memory.

    Where it depends on what is deployed already, it is read each time.
    """

    _kept: dict[Any, tuple[FileReport, ...]] = {}

    def read(
        self,
        sources: Sequence[Source],
        known: Callable[[str, str], bool] | None = None,
        *,
        executable: Executable = None,
    ) -> tuple[FileReport, ...]:
        """Return what the files define and every problem in them."""
        key = (*sources, repr(executable), repr(self._limits))
        if key in self._kept:
            return self._kept[key]
        asked = []

        def answer(kind: str, name: str) -> bool:
            asked.append(name)
            return known is not None and known(kind, name)

        found = super().read(sources, known and answer, executable=executable)
        if not asked:
            self._kept[key] = found
        return found


def remember() -> None:
    """Let all of this be remembered in this process."""
    Rule._compile_builder = compiled_once(Rule._compile_builder)
    for dialect in (PGDialect_psycopg, SQLiteDialect_pysqlite):
        dialect.__eq__ = lambda one, other: type(one) is type(other)
        dialect.__hash__ = lambda one: hash(type(one))
    database.create_engine = one_language
    opening.SpiffRunner = ReadOnce
    migrating.EnvironmentContext = Migrations
    migrating.ScriptDirectory = scripts
    Flask.jinja_options = {"bytecode_cache": CompiledTemplates()}
    load = OfflineSignals.__dict__["_models"].func
    loaded = cache(lambda: load(None))
    OfflineSignals._models = property(lambda _reader: loaded())
