"""Addresses of databases, and what a connection tells the server besides."""

from __future__ import annotations

import os
import socket
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from engine.errors import StorageError

#: Number of the process that was started: what serves pages is forked from it later, and people
#: who want to stop it know the first one.
_PROCESS = os.getpid()
#: A server that is gone without a word is noticed within a minute.
_WATCHFUL = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


def for_libpq(url: URL) -> dict[str, Any]:
    """Return what a connection to PostgreSQL is told besides its address, which has precedence."""
    told = {"fallback_application_name": program_name(), **_WATCHFUL}
    return {key: value for key, value in told.items() if key not in url.query}


def program_name() -> str:
    """Return how connections of this process are told from others on PostgreSQL."""
    return f"corral {socket.gethostname()[:40]}:{_PROCESS}"


def read_address(url: str) -> URL:
    """Return an address taken apart. Raises ``StorageError`` for one of no database we know."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):  # a port that is no number, say
        raise StorageError(
            "The database address is not understood. Write sqlite:///path/to/corral.sqlite or "
            "postgresql+psycopg://user:password@host/database."
        ) from None
    if found.drivername in ("postgres", "postgresql"):  # as other programs and hosts write it
        return found.set(drivername="postgresql+psycopg")
    if found.get_backend_name() not in ("sqlite", "postgresql"):
        raise StorageError(
            f"{found.get_backend_name()!r} is not supported. Use SQLite or PostgreSQL."
        )
    return found


def shown_address(url: URL) -> str:
    """Return an address as it may be shown: without passwords, wherever in it they are."""
    secret = [name for name in url.query if "password" in name.lower()]
    return url.difference_update_query(secret).render_as_string(hide_password=True)


__all__ = ["for_libpq", "program_name", "read_address", "shown_address"]
