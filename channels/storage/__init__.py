"""The tables of the channels: the only place of this room that knows the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

# Whoever asks for the tables of this room has them all, also those beside ``tables``.
from channels.storage import dead_letters as _dead_letters  # noqa: F401
from channels.storage import notes as _notes  # noqa: F401
from channels.storage import reply_files as _reply_files  # noqa: F401
from engine import Engine
from engine.storage import migrate

#: Where the migrations are, and the table that keeps how far they got. They need the engine's.
MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "channels_version"


def prepare(engine: Engine) -> None:
    """Bring the tables of the channels up to date in the database of ``engine``.

    Raises:
        StorageError: the database is newer than this program.
    """
    storage: Any = engine.storage
    migrate(storage.database, MIGRATIONS, VERSION_TABLE)
