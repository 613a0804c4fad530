"""What moving, backing up and checking know of a room: its tables, and where its migrations are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import MetaData, Table


@dataclass(frozen=True, slots=True)
class Room:
    """One of the rooms that keep tables of their own in the same database."""

    migrations: Path
    version_table: str
    metadata: MetaData


def tables_of(rooms: Iterable[Room]) -> list[Table]:
    """Return all tables, each after those it points to.

    Rooms come in the order of their foreign keys. Found from the metadata, so that a table that is
    added later is moved and checked too.
    """
    return [table for room in rooms for table in room.metadata.sorted_tables]
