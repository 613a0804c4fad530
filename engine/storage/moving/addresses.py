"""The two addresses of a move: where from, where to."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL

from engine.errors import StorageError
from engine.storage.address import read_address, shown_address

_EXAMPLES = {
    "sqlite": "sqlite:///data/corral.sqlite",
    "postgresql": "postgresql+psycopg://user:password@host/database",
}


def sqlite_file(url: str) -> Path:
    """Return the file that an address names, which is there.

    Raises:
        StorageError: it is no address of SQLite, or names no file.
    """
    parsed = _parsed(url, "sqlite", "The first address names the SQLite database to move")
    if parsed.database in (None, "", ":memory:"):
        raise StorageError("A database in memory cannot be moved. Name a file.")
    file = Path(str(parsed.database)).absolute()
    if not file.is_file():
        raise StorageError(f"There is no SQLite database at {file}. Check the address.")
    return file


def shown_postgres(url: str) -> str:
    """Return an address of PostgreSQL as it may be shown, without its password.

    Raises:
        StorageError: it is none.
    """
    parsed = _parsed(url, "postgresql", "The second address names the PostgreSQL database to fill")
    return shown_address(parsed)


def _parsed(url: str, wanted: str, which: str) -> URL:
    try:
        parsed = read_address(url)
    except StorageError:
        raise StorageError(
            f"{which}; this one is not understood. Write {_EXAMPLES[wanted]}."
        ) from None
    if parsed.get_backend_name() != wanted:
        raise StorageError(
            f"{which}, and not {parsed.get_backend_name()!r}. Write {_EXAMPLES[wanted]}."
        )
    return parsed
