"""The clock of the database, which hosts that disagree about the time agree about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func


def moment(connection: Connection, seconds: float = 0.0) -> ColumnElement[Any]:
    """Return the moment in so many seconds."""
    if connection.dialect.name == "postgresql":
        # Not now(): that is when the transaction began, and it may have waited since.
        return func.clock_timestamp() + timedelta(seconds=seconds)
    # As SQLAlchemy writes moments: with six digits behind the point.
    return func.strftime("%Y-%m-%d %H:%M:%f000", "now", f"{seconds:+.3f} seconds")
