"""Backups of an installation on SQLite: a folder that is a data directory again."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from engine.storage.backup import back_up
from webapp.data_dir import MOVED_FILE, SECRET_FILE, DataDirectoryError
from webapp.settings import DATABASE_FILE, Settings


def back_up_installation(settings: Settings, to: Path) -> int:
    """Copy database and secret key to the new folder ``to``; return how many bytes they take.

    The folder appears whole and checked, or not at all. Corral may run meanwhile.

    Raises:
        DataDirectoryError: there is nothing to back up here, or ``to`` holds something.
        StorageError: the database cannot be read, the copy cannot be written, or is damaged.
    """
    if not settings.on_sqlite:
        raise DataDirectoryError(
            "This installation is on a database server, which is backed up with the server's own "
            "tools, such as pg_dump. See docs/operating/backups.md."
        )
    database = settings.data / DATABASE_FILE
    if not database.is_file():
        raise DataDirectoryError(
            f"There is no Corral database in {settings.data}. Check --data; nothing was backed up."
        )
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise DataDirectoryError(f"{to} is there already. Name a folder that is new.")
    to.absolute().parent.mkdir(parents=True, exist_ok=True)
    draft = to.absolute().with_name(f".{to.absolute().name}.{secrets.token_hex(4)}")
    draft.mkdir(mode=0o700)
    try:
        back_up(database, draft / DATABASE_FILE)
        for name in (SECRET_FILE, MOVED_FILE):
            _copy(settings.data / name, draft / name)
        size = sum(file.stat().st_size for file in draft.iterdir())
        draft.rename(to)
        _flush(to.absolute().parent)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return size


def _copy(file: Path, copy: Path) -> None:
    """Copy a small file, readable by its owner alone; one that is missing is left out."""
    if not file.exists():
        return
    with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(file.read_bytes())
        out.flush()
        os.fsync(out.fileno())


def _flush(folder: Path) -> None:
    """Let the new name survive a power cut too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
