"""Copies what a few process instances left in a database until there are as many as wanted.

Every copy is told from the first by its number: row ids, and whatever points at them, move up by
a multiple of the largest id of their table. Which columns these are is read from the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url

#: Columns that name a row of another table in a text, after a colon: ``conversation:7``.
_NAMING = ("correlation_key", "business_key")
_DUE = ("due", "due_at", "next_due")
_FIRST = ("Ana", "Bo", "Chidi", "Dora", "Edmar", "Fumiko", "Gil", "Hana", "Ivo", "Jutta", "Zoë")
_LAST = ("Ruiz", "Okafor", "Lindqvist", "Brandt", "Torres", "Adeyemi", "Kowalska", "Silva", "Ng")
#: Copies that go in together; the rows of one table are then near those of another on the disk.
_TOGETHER = 100


@dataclass(frozen=True, slots=True)
class Spread:
    """How copies differ in more than their ids."""

    now: datetime
    #: What is there stays where it is; the last copy is that much later.
    span: timedelta
    #: Who has claimed what.
    people: Sequence[str]
    #: Queues made of each one.
    queues: int = 10
    #: Of what is due: how many of 100 are late.
    late: int = 10


@dataclass(frozen=True, slots=True)
class _Table:
    """One table, its columns by name with their SQL for copy number ``k``."""

    name: str
    columns: dict[str, str]
    order: tuple[str, ...]
    largest: int


def multiply(url: str, grown: Iterable[str], instances: int, spread: Spread) -> int:
    """Copy the rows of the tables ``grown`` and return how many instances there are then.

    Foreign keys are not checked meanwhile, and indexes are made anew afterwards: both would cost
    more than the rows.
    """
    place = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    tables = _tables(url, set(grown), instances, spread)
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # no foreign keys
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET maintenance_work_mem = '512MB'")
        (there,) = _one(connection, "SELECT count(*) FROM instance")
        copies = -(-instances // there)
        kept = list(_without_indexes(connection, [table.name for table in tables]))
        for table in tables:
            _copy(connection, table, copies)
        for statement in kept:
            connection.execute(statement)
        for table in tables:
            _count_on(connection, table, copies)
        connection.execute("VACUUM ANALYZE")
        (there,) = _one(connection, "SELECT count(*) FROM instance")
    return int(there)


def _copy(connection: psycopg.Connection[Any], table: _Table, copies: int) -> None:
    names = ", ".join(f'"{name}"' for name in table.columns)
    values = ", ".join(table.columns.values())
    order = ", ".join(["k", *(f'p."{name}"' for name in table.order)])
    first = f'CREATE TEMP TABLE first AS SELECT * FROM "{table.name}"'  # noqa: S608
    connection.execute(_sql(first))
    for begin in range(1, copies, _TOGETHER):
        end = min(begin + _TOGETHER, copies) - 1
        some = (
            f'INSERT INTO "{table.name}" ({names}) SELECT {values} '  # noqa: S608
            f"FROM generate_series({begin}::bigint, {end}) k, first p ORDER BY {order}"
        )
        connection.execute(_sql(some))
    connection.execute("DROP TABLE first")


def _tables(url: str, grown: set[str], instances: int, spread: Spread) -> list[_Table]:
    engine = create_engine(url)
    try:
        look = inspect(engine)
        with engine.connect() as connection:
            largest = {
                name: connection.exec_driver_sql(
                    f'SELECT coalesce(max(id), 0) FROM "{name}"'  # noqa: S608
                ).scalar_one()
                for name in grown
                if "id" in {column["name"] for column in look.get_columns(name)}
            }
            there = connection.exec_driver_sql("SELECT count(*) FROM instance").scalar_one()
        step = spread.span / max(instances // there, 1)
        return [_table(look, name, largest, spread, step) for name in sorted(grown)]
    finally:
        engine.dispose()


def _table(
    look: Any, name: str, largest: dict[str, int], spread: Spread, step: timedelta
) -> _Table:
    columns = {column["name"]: column["type"] for column in look.get_columns(name)}
    points = {
        key["constrained_columns"][0]: key["referred_table"] for key in look.get_foreign_keys(name)
    }
    moves: dict[str, int] = {}
    for column in columns:
        target = name if column == "id" else points.get(column, column.removesuffix("_id"))
        if target in largest and (column == "id" or column.endswith("_id")):
            moves[column] = largest[target]
    suffixed = {
        unique["column_names"][-1]
        for unique in look.get_unique_constraints(name)
        if not moves.keys() & set(unique["column_names"])
    }
    # What is due is due near now, whenever the case began, and the same for all rows of a case.
    case = {"instance": "id"}.get(name, "instance_id")
    near = f'p."{case}" + k * {moves[case]}' if case in moves else None
    made = {}
    for column, type in columns.items():
        value = f'p."{column}"'
        if column in moves:
            value = f"{value} + k * {moves[column]}"
        elif column in suffixed:
            value = f"{value} || '-' || k"
        elif column in _NAMING:
            value = _named(value, largest["conversation"])
        elif column in _DUE and near:
            value = _due(value, near, spread)
        elif "TIMESTAMP" in str(type):
            value = f"{value} + k * interval '{step.total_seconds():.3f} seconds'"
        else:
            value = _varied(name, column, value, spread)
        made[column] = value
    order = tuple(look.get_pk_constraint(name)["constrained_columns"])
    return _Table(name, made, order, largest.get(name, 0))


def _named(value: str, by: int) -> str:
    number = f"substring({value} FROM ':([0-9]+)$')::bigint"
    return f"regexp_replace({value}, ':[0-9]+$', '') || ':' || ({number} + k * {by})"


def _due(value: str, case: str, spread: Spread) -> str:
    # The golden ratio spreads numbers in a row evenly.
    share = f"((({case}) * 0.6180339887) % 1)"
    now = f"timestamptz '{spread.now.isoformat()}'"
    return (
        f"CASE WHEN {value} IS NOT NULL THEN "
        f"{now} + ({share}::float8 - {spread.late / 100}) * interval '20 days' END"
    )


def _varied(table: str, column: str, value: str, spread: Spread) -> str:
    if (table, column) == ("user_task", "queue"):
        others = f"{value} || '-' || (k % {spread.queues})"
        return f"CASE WHEN k % {spread.queues} = 0 THEN {value} ELSE {others} END"
    if column == "claimed_by":
        people = "ARRAY[" + ", ".join(f"'{name}'" for name in spread.people) + "]"
        known = f"({people})[1 + (k % {len(spread.people)})::int]"
        other = f"CASE WHEN k % 9 = 0 THEN {known} ELSE 'agent' || (k % 97) END"
        return f"CASE WHEN {value} IS NOT NULL THEN {other} END"
    if table in {"customer", "identity"}:
        person = "p.id" if table == "customer" else "p.customer_id"
        first = _picked(_FIRST, f"k * 31 + {person}")
        if column == "name":
            return f"{first} || ' ' || {_picked(_LAST, 'k')}"
        if column == "handle":
            return f"lower({first}) || '_' || ({person} + k * 7919)"
    return value


def _picked(words: Sequence[str], number: str) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"(ARRAY[{listed}])[1 + (({number}) % {len(words)})::int]"


def _without_indexes(connection: psycopg.Connection[Any], tables: Sequence[str]) -> Iterable[str]:
    """Drop indexes and unique constraints, and yield the statements that make them again."""
    keyed = connection.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'u' AND conrelid::regclass::text = ANY(%s)",
        [list(tables)],
    ).fetchall()
    for table, name, definition in keyed:
        connection.execute(_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
        yield f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
    plain = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE NOT indisprimary AND indrelid::regclass::text = ANY(%s)",
        [list(tables)],
    ).fetchall()
    for name, definition in plain:
        connection.execute(_sql(f"DROP INDEX {name}"))
        yield definition


def _count_on(connection: psycopg.Connection[Any], table: _Table, copies: int) -> None:
    """Let new rows get ids beyond those of the copies."""
    if "id" not in table.columns:
        return
    (sequence,) = _one(connection, "SELECT pg_get_serial_sequence(%s, 'id')", table.name)
    if sequence is not None:
        _one(connection, "SELECT setval(%s, %s)", sequence, table.largest * copies)


def _one(connection: psycopg.Connection[Any], statement: str, *values: Any) -> tuple[Any, ...]:
    row = connection.execute(_sql(statement), values or None).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always has a row
    return tuple(row)


def _sql(statement: str) -> sql.SQL:
    # Names come from the catalogue of the database, never from a person.
    return sql.SQL(statement)
