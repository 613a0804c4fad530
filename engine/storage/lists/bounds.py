"""What bounds the work of a list: statuses as literals, and counts that end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal_column, select


def literals(column: Any, values: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a column has one of a few values of ours, written out."""
    # Not as literals of SQLAlchemy, which it writes anew into the text at every execution.
    written = [literal_column(f"'{value}'", column.type) for value in map(str, values)]
    found: ColumnElement[bool] = column.in_(written)
    return found


def counted(connection: Connection, rows: Select[Any], most: int) -> int:
    """Return how many rows there are; counting ends at ``most``."""
    some = rows.limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())
