"""Statements that SQLite and PostgreSQL both know, but SQLAlchemy has only in their dialects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase

from engine.storage.bulk import insert_unless_there


def insert_new(
    connection: Connection,
    table: type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
    returning: Sequence[str],
) -> list[Row[Any]]:
    """Insert the rows whose unique keys are free; return columns of those that were inserted.

    Looking first would race with another writer; here the key itself decides.
    """
    if not rows:
        return []
    if connection.dialect.name == "postgresql":
        return insert_unless_there(connection, table, rows, returning)
    columns = [table.__table__.c[name] for name in returning]
    # The rows go along as parameters, never as VALUES in the statement: SQLAlchemy then makes the
    # batches itself and compiles the statement once, which is most of the cost of an insert.
    statement = sqlite.insert(table).on_conflict_do_nothing().returning(*columns)
    return list(connection.execute(statement, [dict(row) for row in rows]))


def moment(connection: Connection, seconds: float = 0.0) -> ColumnElement[Any]:
    """Return the moment in so many seconds, by the clock of the database.

    Hosts that disagree about the time agree about this one.
    """
    if connection.dialect.name == "postgresql":
        # Not now(): that is when the transaction began, and it may have waited since.
        return func.clock_timestamp() + timedelta(seconds=seconds)
    # As SQLAlchemy writes moments: with six digits behind the point.
    return func.strftime("%Y-%m-%d %H:%M:%f000", "now", f"{seconds:+.3f} seconds")
