"""Writes and finds many rows with one statement, whose text is the same however many they are.

SQLAlchemy makes a parameter set of every row, and psycopg a message of every set; a statement as
long as its batch is put together, parsed and planned anew for every length. Here the rows of a
batch are one parameter: JSON text, which PostgreSQL takes apart itself. SQLite runs inside our own
process and is given the rows as they are. Stored is what SQLAlchemy's column types would store; but
a NUL in a text, for which PostgreSQL would refuse the whole batch, becomes U+FFFD there.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple, cast

import msgspec
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Table,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import LargeBinary, Text, TypeDecorator

from engine.storage.types import Payload, UtcDateTime, encode
from engine.storage.wire import Answer, wire_of

Row = Mapping[str, Any]
#: How JSON text has the character NUL, which PostgreSQL keeps in no text.
_NUL = rb"\u0000"
_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


def insert_rows(connection: Connection, table: type[DeclarativeBase], rows: Sequence[Row]) -> None:
    """Insert rows, in this order. Each names the same columns, in the same order."""
    if rows:
        _run(connection, _inserted(_of(table), tuple(rows[0])), rows)


def insert_numbered(
    connection: Connection, table: type[DeclarativeBase], rows: Sequence[Row]
) -> list[int]:
    """Insert as :func:`insert_rows` does, and return the ids in the order of the rows."""
    if not rows:
        return []
    if connection.dialect.name == "sqlite":
        # There is one writer at a time, and SQLite numbers on from the largest: so do we.
        first = (connection.exec_driver_sql(_largest(_of(table))).scalar() or 0) + 1
        insert_rows(connection, table, [{"id": id, **row} for id, row in enumerate(rows, first)])
        return list(range(first, first + len(rows)))
    statement = _inserted(_of(table), tuple(rows[0]), " RETURNING id")
    # They are numbered in the order of the rows, but may be told in another.
    return sorted(id for (id,) in _ask(connection, statement, rows).rows)


def insert_unless_there(
    connection: Connection,
    table: type[DeclarativeBase],
    rows: Sequence[Row],
    returning: Sequence[str],
) -> list[Any]:
    """Insert the rows whose unique keys are free; return columns of those that were inserted.

    Looking first would race with another writer; here the key itself decides.
    """
    if not rows:
        return []
    if connection.dialect.name == "sqlite":
        columns = [_of(table).c[name] for name in returning]
        # Its driver returns nothing of many rows; SQLAlchemy makes a statement of them for that.
        statement = sqlite.insert(table).on_conflict_do_nothing().returning(*columns)
        return list(connection.execute(statement, [dict(row) for row in rows]))
    names = ", ".join(f'"{name}"' for name in returning)
    clause = f" ON CONFLICT DO NOTHING RETURNING {names}"
    inserted = _ask(connection, _inserted(_of(table), tuple(rows[0]), clause), rows)
    return list(map(_row(*returning)._make, inserted.rows))


def update_rows(
    connection: Connection, table: type[DeclarativeBase], change: str, rows: Sequence[Row]
) -> int:
    """Change what the values of each of ``rows`` say, and return how many rows were changed.

    ``change`` is SQL from ``SET`` on. In it ``:name`` is a value of ``rows``, which are named by
    columns of the table; columns of the condition are written ``table.name``.
    """
    if not rows:
        return 0
    return _run(connection, _changed(_of(table), tuple(rows[0]), change), rows)


def among(column: Any, name: str = "ids") -> ColumnElement[bool]:
    """Return the condition that a column has a value of the list which is the parameter ``name``.

    The text of ``column.in_(...)`` grows with the list; that of this one is always the same.
    """
    return _Among(column, bindparam(name, type_=_List()))


class _List(TypeDecorator[Collection[Any]]):
    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Collection[Any] | None, dialect: Any) -> str:
        if dialect.name == "sqlite":
            return msgspec.json.encode(list(value or ())).decode()
        return f"{{{','.join(map(_quoted, value or ()))}}}"


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True
    #: Else SQLite is asked for ``... IN (...) = 1``, for which it uses no index.
    _is_implicitly_boolean = True


@compiles(_Among, "postgresql")
def _any(element: Any, compiler: Any, **how: Any) -> str:
    column, values = element.clauses
    kind = compiler.dialect.type_compiler_instance.process(column.type)
    array = f"unnest(CAST({compiler.process(values, **how)} AS {kind}[]))"
    # Asked for a list itself, PostgreSQL believes that one whose length it knows is cheaper to look
    # for than any list, and so plans anew each time, which takes longer than looking. Of what a
    # query makes it does not know the length either way, and keeps its plan.
    return f"{compiler.process(column, **how)} = ANY (ARRAY (SELECT {array}))"


@compiles(_Among, "sqlite")
def _in(element: Any, compiler: Any, **how: Any) -> str:
    column, values = element.clauses
    inner = f"SELECT value FROM json_each({compiler.process(values, **how)})"  # noqa: S608
    return f"{compiler.process(column, **how)} IN ({inner})"


class _Statement(NamedTuple):
    postgresql: str
    sqlite: str
    #: (column, how SQLite is given its values, how PostgreSQL is) where they are not given as is.
    written: tuple[tuple[str, Callable[[Any], Any], Callable[[Any], Any]], ...]
    #: What SQLite is given of a row.
    given: Callable[[Row], Any]


def _of(table: type[DeclarativeBase]) -> Table:
    return cast(Table, table.__table__)


def _quoted(value: Any) -> str:
    """Return one value of an array, as PostgreSQL writes it."""
    if not isinstance(value, str):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _run(connection: Connection, statement: _Statement, rows: Sequence[Row]) -> int:
    """Execute a statement for rows, and return how many it wrote."""
    if connection.dialect.name != "sqlite":
        return _ask(connection, statement, rows).number
    given = [statement.given(row) for row in _written_as(statement, rows, sqlite=True)]
    return int(connection.exec_driver_sql(statement.sqlite, given).rowcount)


def _ask(connection: Connection, statement: _Statement, rows: Sequence[Row]) -> Answer:
    """Return what PostgreSQL answers."""
    rows = _written_as(statement, rows, sqlite=False)
    text = msgspec.json.encode(rows)
    if _NUL in text:
        text = msgspec.json.encode([_storable(row) for row in rows])
    return wire_of(connection).ask(statement.postgresql, (text.decode(),))


def _written_as(statement: _Statement, rows: Sequence[Row], *, sqlite: bool) -> Sequence[Row]:
    """Return rows with their values as the database takes them."""
    if not statement.written:
        return rows
    changed = [dict(row) for row in rows]
    for name, for_sqlite, for_postgresql in statement.written:
        write = for_sqlite if sqlite else for_postgresql
        # Most rows of a batch hold the same moment.
        before = after = None
        for row in changed:
            value = row[name]
            if value is not None:
                if value is not before:
                    before, after = value, write(value)
                row[name] = after
    return changed


def _storable(row: Row) -> dict[str, Any]:
    """Return a row in which the mark for what is no character stands in the place of NUL."""
    return {
        name: value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
        for name, value in row.items()
    }


@lru_cache(maxsize=32)
def _row(*names: str) -> Any:
    return namedtuple("Row", names)


@lru_cache(maxsize=32)
def _largest(table: Table) -> str:
    return str(select(func.max(table.c.id)))


@lru_cache(maxsize=256)
def _inserted(table: Table, columns: tuple[str, ...], clause: str = "") -> _Statement:
    names = ", ".join(f'"{name}"' for name in columns)
    begin = f'INSERT INTO "{table.name}" ({names})'
    values = ", ".join(_value(table, name) for name in columns)
    # Only a subquery in order promises that ids are given in the order of the rows.
    source = f"ROWS FROM ({_records(table, columns)}) WITH ORDINALITY AS r({names}, nth)"
    return _Statement(
        f"{begin} SELECT {values} FROM {source} ORDER BY nth{clause}",  # noqa: S608 - names of ours
        f"{begin} VALUES ({', '.join('?' * len(columns))})",
        _written(table, columns),
        itemgetter(*columns),
    )


@lru_cache(maxsize=32)
def _changed(table: Table, columns: tuple[str, ...], change: str) -> _Statement:
    update = f'UPDATE "{table.name}"'
    sets, _, condition = change.rpartition(" WHERE ")

    def with_values(sql: str) -> str:
        return re.sub(r":(\w+)", lambda match: _value(table, match[1]), sql)

    source = f"{_records(table, columns, named=True)}"
    return _Statement(
        f"{update} {with_values(sets)} FROM {source} WHERE {with_values(condition)}",
        f"{update} {change}",
        _written(table, columns),
        dict,
    )


def _records(table: Table, columns: Sequence[str], *, named: bool = False) -> str:
    """Return what makes rows of the one parameter."""
    kinds = ", ".join(f'"{name}" {_kind(table, name)}' for name in columns)
    return f"json_to_recordset($1::json) AS {'r' if named else ''}({kinds})"


def _kind(table: Table, name: str) -> str:
    kind = table.c[name].type
    # JSON holds no bytes: they travel as text.
    return "text" if isinstance(kind, LargeBinary) else kind.compile(_POSTGRESQL)


def _value(table: Table, name: str) -> str:
    bytes_ = isinstance(table.c[name].type, LargeBinary)
    return f"decode(r.\"{name}\", 'base64')" if bytes_ else f'r."{name}"'


def _written(table: Table, columns: Sequence[str]) -> Any:
    return tuple(
        (name, *_WRITTEN[type(table.c[name].type)])
        for name in columns
        if type(table.c[name].type) in _WRITTEN
    )


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} carries no time zone; pass an aware datetime")
    # Also where offsets are written: those of old have seconds, which JSON text does not hold.
    return moment.astimezone(UTC)


def _utc_text(moment: datetime) -> str:
    return _utc(moment).replace(tzinfo=None).isoformat(" ", "microseconds")


_WRITTEN: dict[type[Any], tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    UtcDateTime: (_utc_text, _utc),
    Payload: (encode, encode),
}

__all__ = [
    "among",
    "insert_numbered",
    "insert_rows",
    "insert_unless_there",
    "update_rows",
]
