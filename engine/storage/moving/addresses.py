"""The two addresses of a move: where from, where to."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import StorageError

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
    """Return an address of PostgreSQL as it may be shown: the password is ``***``.

    Raises:
        StorageError: it is none.
    """
    parsed = _parsed(url, "postgresql", "The second address names the PostgreSQL database to fill")
    return parsed.render_as_string(hide_password=True)


def _parsed(url: str, wanted: str, which: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StorageError(
            f"{which}; this one is not understood. Write {_EXAMPLES[wanted]}."
        ) from None
    if parsed.get_backend_name() != wanted:
        raise StorageError(
            f"{which}, and not {parsed.get_backend_name()!r}. Write {_EXAMPLES[wanted]}."
        )
    return parsed
