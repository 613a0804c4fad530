"""Whether a SQLite file is whole."""

from __future__ import annotations

import sqlite3

#: What a damaged file is refused with when not even its check can be run.
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
#: Lines of damage that are told.
_TOLD = 20


def damage(connection: sqlite3.Connection) -> list[str]:
    """Return what is wrong with the file, in SQLite's words; empty when it is whole."""
    try:
        found = [text for (text,) in connection.execute(f"PRAGMA integrity_check({_TOLD})")]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in _DAMAGED:
            return [str(error)]
        raise
    return [] if found == ["ok"] else found
