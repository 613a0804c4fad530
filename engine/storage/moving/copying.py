"""Copies every row into an empty PostgreSQL database, in one transaction, and compares.

Rows go as SQLite keeps them, through COPY, some thousands at a time: memory does not grow with the
installation, and what the program makes of a value plays no part. What cannot be the same there is
told: PostgreSQL stores no U+0000 in a text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Table, types
from sqlalchemy.exc import DBAPIError

from engine.errors import StorageError
from engine.storage.database import Database
from engine.storage.migrating import upgrade
from engine.storage.moving.kinds import plain
from engine.storage.moving.room import Room, tables_of
from engine.storage.moving.source import SqliteSource
from engine.storage.moving.target import prepare

#: Called with the name of a table, how many of its rows are copied, and how many there are.
Progress = Callable[[str, int, int], object]

#: Hexadecimal digits of a digest that are summed up: the sum of 2**33 of them fits 81 bits.
_DIGITS = 12


@dataclass(slots=True)
class Cleaned:
    """Texts of one column that PostgreSQL does not store as they are; U+FFFD took their places."""

    table: str
    column: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """What was copied and compared."""

    rows: dict[str, int]  #: by table, in the order they were copied
    cleaned: list[Cleaned]
    left: list[str]  #: tables of the source that are none of ours


@dataclass(slots=True)
class _Copied:
    """What went into one table: how many rows, and a sum over their texts and bytes."""

    rows: int = 0
    digests: int = 0
    cleaned: dict[str, Cleaned] = field(default_factory=dict)


def move(source: SqliteSource, database: Database, rooms: Sequence[Room], tell: Progress) -> Moved:
    """Make the tables of ``rooms``, copy all rows and compare them, all in one transaction.

    Raises:
        StorageError: the target cannot be used or refused a row. Nothing was written; safe to try
            again.
    """
    ours = tables_of(rooms)
    versions = {room.version_table for room in rooms}
    with database.write() as connection, _refused(connection):
        prepare(connection, ours, versions)
        for room in rooms:
            upgrade(connection, room.migrations, room.version_table)
        copied = {table.name: _copy(source, connection, table, tell) for table in ours}
        for table in ours:
            _compare(source, connection, table, copied[table.name])
            _number_on(connection, table)
    return Moved(
        rows={name: found.rows for name, found in copied.items()},
        cleaned=[each for found in copied.values() for each in found.cleaned.values()],
        left=sorted(source.tables() - {table.name for table in ours} - versions),
    )


def _copy(source: SqliteSource, connection: Connection, table: Table, tell: Progress) -> _Copied:
    columns = [column for column in table.columns if column.computed is None]
    names = [column.name for column in columns]
    summed = [place for place, column in enumerate(columns) if _summed(plain(column))]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    copied, total = _Copied(), source.count(table)
    tell(table.name, 0, total)
    with _cursor(connection) as cursor, cursor.copy(statement) as into:
        for batch in source.batches(table, names):
            for row in batch:
                into.write_row(_storable(row, summed, names, table.name, copied))
            copied.rows += len(batch)
            tell(table.name, copied.rows, total)
    return copied


def _storable(
    row: tuple[object, ...], summed: Sequence[int], names: list[str], table: str, copied: _Copied
) -> Sequence[object]:
    """Return a row as PostgreSQL takes it, and add its texts and bytes to the sum."""
    changed: list[object] | None = None
    for place in summed:
        value = row[place]
        if isinstance(value, str):
            raw, kept = _text(value)
            if kept is not value:
                changed = changed or list(row)
                changed[place] = kept
                name = names[place]
                copied.cleaned.setdefault(name, Cleaned(table, name)).count += 1
        elif isinstance(value, bytes):
            raw = value
        else:
            continue
        copied.digests += int(hashlib.sha256(raw).hexdigest()[:_DIGITS], 16)
    return changed or row


def _text(value: str) -> tuple[bytes, str]:
    """Return a text that PostgreSQL stores, as bytes and as text; the same text where it can."""
    try:
        raw = value.encode()
    except UnicodeEncodeError:
        value = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        raw = value.encode()
    if b"\0" in raw:
        value = value.replace("\0", "\N{REPLACEMENT CHARACTER}")
        raw = value.encode()
    return raw, value


def _summed(kind: types.TypeEngine[object]) -> bool:
    return isinstance(kind, types.String | types.LargeBinary)


def _compare(source: SqliteSource, connection: Connection, table: Table, copied: _Copied) -> None:
    """Count and sum up on the target. Raises :class:`StorageError` when they are not the same."""
    parts = [
        _digest(column.name, plain(column)) for column in table.columns if column.computed is None
    ]
    sums = sql.SQL(" + ").join([part for part in parts if part] or [sql.SQL("0")])
    query = sql.SQL("SELECT count(*), coalesce(sum({}), 0) FROM {}").format(
        sums, sql.Identifier(table.name)
    )
    with _cursor(connection) as cursor:
        found = cursor.execute(query).fetchone()
    expected = (source.count(table), copied.digests)
    if found is None or (int(found[0]), int(found[1])) != expected:
        raise StorageError(
            f"The rows of {table.name} arrived changed (counts and sums {found} instead of "
            f"{expected}). Nothing was moved. Look for a trigger on the target, and report it."
        )


def _digest(name: str, kind: types.TypeEngine[object]) -> sql.Composable | None:
    if not _summed(kind):
        return None
    column: sql.Composable = sql.Identifier(name)
    if isinstance(kind, types.String):
        column = sql.SQL("convert_to({}, 'UTF8')").format(column)
    return sql.SQL(
        "coalesce(('x' || left(encode(sha256({}), 'hex'), {}))::bit({})::bigint, 0)"
    ).format(column, sql.Literal(_DIGITS), sql.SQL(str(_DIGITS * 4)))


def _number_on(connection: Connection, table: Table) -> None:
    """Let new rows be numbered after the copied ones."""
    for column in table.primary_key.columns:
        if not isinstance(plain(column), types.Integer):
            continue
        query = sql.SQL(
            "SELECT setval(sequence, greatest(last, 1), last > 0) FROM (SELECT "
            "pg_get_serial_sequence({}, {}) AS sequence, coalesce(max({}), 0) AS last FROM {}) "
            "AS numbers WHERE sequence IS NOT NULL"
        ).format(
            sql.Literal(f'"{table.name}"'),
            sql.Literal(column.name),
            sql.Identifier(column.name),
            sql.Identifier(table.name),
        )
        with _cursor(connection) as cursor:
            cursor.execute(query)


@contextmanager
def _cursor(connection: Connection) -> Iterator[psycopg.Cursor[Any]]:
    """Give a cursor of the driver, in the transaction of ``connection``."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        yield cursor


@contextmanager
def _refused(connection: Connection) -> Iterator[None]:
    """Say in one line what PostgreSQL refused, and where."""
    try:
        yield
    except (psycopg.Error, DBAPIError) as error:
        # Whatever state it is in: closing it undoes everything, and cannot fail.
        connection.invalidate()
        found = error.orig if isinstance(error, DBAPIError) else error
        said = getattr(found, "diag", None)
        reason = (said and said.message_primary) or str(found).strip().splitlines()[0]
        where = f" ({said.context.splitlines()[0]})" if said and said.context else ""
        raise StorageError(
            f"PostgreSQL refused the move: {reason}{where}. Nothing was moved; the SQLite database "
            "is as it was. Mend that, and move again."
        ) from error
