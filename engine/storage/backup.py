"""Copies a SQLite database while others work on it, and checks the copy."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from engine.errors import StorageError
from engine.storage.integrity import damage


def back_up(file: Path, copy: Path) -> None:
    """Write the database as it is at one moment to ``copy``, a file that is not there yet.

    Readers and writers go on meanwhile. The copy is one plain file, readable by its owner alone,
    and has reached the disk when this returns. On an error it may be there in part: remove it.

    Raises:
        StorageError: one of the two cannot be used, or the copy is damaged, as the original is.
    """
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        # Read and write: a reader of a write-ahead log has to make its index when none is there.
        with (
            closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as original,
            closing(sqlite3.connect(copy, isolation_level=None)) as made,
        ):
            # In one step: it is one moment, and no writer makes it begin again.
            original.backup(made, pages=-1)
            made.execute("PRAGMA journal_mode=DELETE")
            found = damage(made)
    except sqlite3.Error as error:
        raise StorageError(
            f"The backup of {file} failed: {error}. Nothing was kept of it. Check that the disk it "
            f"goes to has room for {file.stat().st_size} bytes."
        ) from error
    if found:
        raise StorageError(
            f"{file} is damaged ({found[0]}), and so would be its backup; none was made. See "
            "'damaged database' in docs/operating/repairing.md."
        )
    with copy.open("rb") as written:
        os.fsync(written.fileno())
