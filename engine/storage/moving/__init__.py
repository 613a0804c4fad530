"""Moves an installation from SQLite to PostgreSQL: every row, in one transaction."""

from engine.storage.moving.copying import Cleaned, Moved, Progress, move
from engine.storage.moving.room import Room, tables_of
from engine.storage.moving.source import Fault, SqliteSource

__all__ = ["Cleaned", "Fault", "Moved", "Progress", "Room", "SqliteSource", "move", "tables_of"]
