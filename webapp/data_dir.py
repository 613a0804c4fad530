"""The data directory: made when needed, owned by one running server, home of the secret key.

Errors::

    DataDirectoryError         it cannot be used; the text says why and what to do
    +-- AlreadyRunningError    another ``corral run`` has it
    +-- MovedError             its database was moved to PostgreSQL
"""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from webapp.settings import SHORTEST_KEY

SECRET_FILE = "secret.key"  # noqa: S105  (its name, not its content)
LOCK_FILE = "corral.lock"
#: Says where the SQLite database of the directory was moved to.
MOVED_FILE = "moved.txt"
#: Seconds to wait for a server that was killed: a process it was just starting may have inherited
#: the lock, and lets it go a moment later.
PATIENCE = 3.0
#: Seconds between two tries.
_PAUSE = 0.05


class DataDirectoryError(Exception):
    """The data directory cannot be used. The text is fit to be shown to a person."""


class AlreadyRunningError(DataDirectoryError):
    """Another server works on this data directory."""

    def __init__(self, folder: Path, holder: str) -> None:
        """Name the directory, and the process that has it when it is known."""
        who = f" (process {holder})" if holder else ""
        super().__init__(
            f"Corral is running on {folder} already{who}. Stop it first, or choose another "
            "directory with --data."
        )


class MovedError(DataDirectoryError):
    """The SQLite database of this directory is the old one of an installation that goes on."""

    def __init__(self, folder: Path, where: str) -> None:
        """Name the directory, and the address without its password."""
        super().__init__(
            f"This installation was moved to {where}: set CORRAL_DATABASE_URL to it. Two "
            "installations would answer the same customers. To go on with the SQLite database as "
            f"it was then, delete {folder / MOVED_FILE}."
        )


def prepare(folder: Path) -> Path:
    """Return ``folder``, made if it was missing. Raises :class:`DataDirectoryError`."""
    if folder.exists() and not folder.is_dir():
        raise DataDirectoryError(
            f"{folder} is a file, not a directory. Choose a directory with --data."
        )
    try:
        # Customers' words are in here: nobody else on the machine has to read them.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DataDirectoryError(
            f"The data directory {folder} cannot be made: {error.strerror}. Choose another one "
            "with --data, or mend its permissions."
        ) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DataDirectoryError(
            f"The data directory {folder} cannot be written. Mend its permissions, or choose "
            "another one with --data."
        )
    return folder


def secret_key(folder: Path) -> str:
    """Return the key that signs sessions; the first call makes it, readable by us alone."""
    file = folder / SECRET_FILE
    if not file.exists():
        _make_secret(file)
    key = file.read_text(encoding="ascii", errors="ignore").strip()
    if len(key) < SHORTEST_KEY:
        raise DataDirectoryError(
            f"{file} is damaged. Delete it: a new one is made, and everybody logs in again."
        )
    return key


def _make_secret(file: Path) -> None:
    draft = file.with_name(f".{SECRET_FILE}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(secrets.token_hex(SHORTEST_KEY) + "\n")
    try:
        # A link appears whole or not at all, and never replaces the key of another process.
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def mark_moved(folder: Path, where: str) -> None:
    """Let :func:`expect_not_moved` refuse the directory from now on."""
    (folder / MOVED_FILE).write_text(where + "\n", encoding="utf-8")


def expect_not_moved(folder: Path) -> None:
    """Raise :class:`MovedError` when the SQLite database of the directory was moved."""
    file = folder / MOVED_FILE
    if file.exists():
        raise MovedError(folder, file.read_text(encoding="utf-8", errors="replace").strip())


@contextmanager
def running_alone(folder: Path) -> Iterator[None]:
    """Hold the directory until the block ends, or this process and its children are gone.

    Raises:
        AlreadyRunningError: another process holds it.
    """
    with (folder / LOCK_FILE).open("a+") as lock:
        end = time.monotonic() + PATIENCE
        while not _locked(lock):
            if time.monotonic() > end:
                lock.seek(0)
                raise AlreadyRunningError(folder, lock.read(20).strip())
            time.sleep(_PAUSE)
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _locked(file: IO[str]) -> bool:
    """Lock a file if it is free, and tell whether it was."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
