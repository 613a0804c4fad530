"""A recording with its threads, accounts and order sorted out, whatever its format and size.

A file may hold millions of posts in any order, a reply before the post it answers. They are
poured into a temporary SQLite file (about as large as the recording, gone when it is closed),
which sorts them with little memory.

Vocabulary: the *ordinal* of a post is its number, from 1, when all posts of the file stand in
the order of their times; it depends on the file alone, so it serves as a position.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from channels.model import Author, Mention, OwnPost, Skipped
from channels.recordings import threading_sql as sql
from channels.recordings.formats import read
from channels.recordings.rows import Row

#: Rows that are handed to SQLite at once while a file is read.
_CHUNK = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: Reasons that are kept. A file in the wrong encoding may have millions; all are counted.
_KEPT_REASONS = 1_000


@dataclass(frozen=True, slots=True)
class Post:
    """One post in its place."""

    ordinal: int
    account: str  #: handle of ours that it addresses, or that wrote it
    post: Mention | OwnPost


class Recording:
    """All posts of one file in the order of their times. Close it, or use it in ``with``."""

    def __init__(self, path: Path) -> None:
        """Read the whole of ``path``. Takes about 15 s a million posts.

        Raises:
            UnreadableRecordingError: the file cannot be read, or is in no known format.
        """
        self.skipped_count = 0
        #: The first thousand rows that could not be understood.
        self.skipped: list[Skipped] = []
        rows = read(path)
        # An empty name is SQLite's own temporary file, deleted when the connection closes.
        self._db = sqlite3.connect("", check_same_thread=False)
        try:
            self._db.executescript(sql.TABLES)
            self._pour(rows)
            self._sort_out()
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Recording:
        """Return the recording."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the recording."""
        self.close()

    def close(self) -> None:
        """Give the temporary file back. Nothing can be asked afterwards."""
        self._db.close()

    def __len__(self) -> int:
        """Return how many posts were understood."""
        return int(self._db.execute("SELECT count(*) FROM placed").fetchone()[0])

    def mentions(self) -> int:
        """Return how many of the posts are not ours."""
        return int(self._db.execute(sql.COUNT_MENTIONS).fetchone()[0])

    def accounts(self) -> list[str]:
        """Return the handles of ours that the recording addresses, in the order of the alphabet."""
        found = self._db.execute("SELECT DISTINCT account FROM placed ORDER BY account")
        return [handle for (handle,) in found]

    def posts(self, *, after: int = 0, account: str | None = None, limit: int = 100) -> list[Post]:
        """Return up to ``limit`` posts behind the ordinal ``after``, of one account or of all."""
        where = "" if account is None else "AND placed.account = ?"
        arguments = (after, limit) if account is None else (after, account, limit)
        with closing(self._db.execute(sql.POSTS.format(account=where), arguments)) as found:
            return [_post(row) for row in found]

    def _pour(self, rows: Iterator[Row | Skipped]) -> None:
        understood = self._understood(rows)
        while chunk := list(itertools.islice(understood, _CHUNK)):
            self._db.executemany(sql.INSERT, map(_columns, chunk))

    def _understood(self, rows: Iterable[Row | Skipped]) -> Iterator[Row]:
        for row in rows:
            if isinstance(row, Skipped):
                self._skip(row)
            else:
                yield row

    def _skip(self, skipped: Skipped) -> None:
        self.skipped_count += 1
        if len(self.skipped) < _KEPT_REASONS:
            self.skipped.append(skipped)

    def _sort_out(self) -> None:
        self._db.executescript(sql.FIND_PARENTS)
        # Each round doubles how far a post looks up, so 40 rounds reach the top of any thread;
        # posts that answer each other in a circle have no top and are cut somewhere.
        for _ in range(40):
            if self._db.execute(sql.LOOK_FURTHER_UP).rowcount == 0:
                break
        self._db.executescript(sql.FIND_ACCOUNTS)
        for (line,) in self._db.execute(sql.WITHOUT_ACCOUNT).fetchall():
            self._skip(Skipped(line, "nothing in its thread tells which account it addresses"))
        self._db.executescript(sql.PUT_IN_ORDER)


def _columns(row: Row) -> tuple[object, ...]:
    return (
        row.line, row.external_id, row.author_id, row.author, row.own,
        (row.at - _EPOCH) // _MICROSECOND, row.text, row.parent, row.thread, row.account,
        _addressed(row.text), row.name, row.reach, row.private, row.url,
    )  # fmt: skip


def _addressed(text: str) -> str | None:
    """Return the first handle that a text addresses; numbers are customers made anonymous."""
    for word in text.split():
        handle = word[1:].rstrip(".,:;!?") if word.startswith("@") else ""
        if handle and not handle.isdecimal():
            return handle
    return None


def _post(row: tuple[Any, ...]) -> Post:
    ordinal, account, external_id, author_id, author, own, at, text, parent, thread = row[:10]
    name, reach, private, url = row[10:]
    when = _EPOCH + at * _MICROSECOND
    if own:
        return Post(
            ordinal,
            account,
            OwnPost(external_id, text, when, thread, parent, bool(private), author),
        )
    writer = Author(author_id, author, name, reach)
    mention = Mention(external_id, writer, text, when, thread, parent, bool(private), url)
    return Post(ordinal, account, mention)
