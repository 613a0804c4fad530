"""CSV of tweets, a row each, with the columns of a public data set of support conversations.

``tweet_id, author_id, inbound, created_at, text, response_tweet_id, in_response_to_tweet_id``;
other columns are passed over. ``inbound`` True is a customer. Threads follow
``in_response_to_tweet_id``, a company is known by its handle in ``author_id``, and rows come in no
particular order. A ``line`` is the last line of a row in the file, from 1.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from channels.errors import UnreadableRecordingError
from channels.model import Skipped
from channels.recordings.rows import Row, moment

COLUMNS = (
    *("tweet_id", "author_id", "inbound", "created_at", "text"),
    *("response_tweet_id", "in_response_to_tweet_id"),
)
_INBOUND = {"true": True, "false": False, "1": True, "0": False}


def read(path: Path) -> Iterator[Row | Skipped]:
    """Yield a row for each tweet, in the order of the file, without ever holding the file.

    Raises:
        UnreadableRecordingError: a column is missing in the first line.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file)
        places = _places(path, next(reader, []))
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Skipped(reader.line_num, f"is not CSV: {error}")
                continue
            if cells:
                yield _understand(reader.line_num, cells, places)


def _places(path: Path, header: list[str]) -> tuple[int, ...]:
    names = [name.strip().lower() for name in header]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise UnreadableRecordingError(
            f"{path.name} lacks the column(s) {', '.join(missing)} in its first line."
        )
    return tuple(names.index(name) for name in COLUMNS)


def _understand(line: int, cells: list[str], places: tuple[int, ...]) -> Row | Skipped:
    if len(cells) <= max(places):
        return Skipped(line, f"has {len(cells)} cells, fewer than the columns in the first line")
    tweet, author, inbound, created_at, text, _, parent = (cells[place] for place in places)
    tweet, author = tweet.strip(), author.strip()
    if not tweet or not author:
        return Skipped(line, "has no tweet_id or no author_id")
    if not text.strip():
        return Skipped(line, "has no text")
    told = "".join((tweet, author, text, parent))
    if not told.isprintable() and _escaped(told):
        return Skipped(line, "is not UTF-8")
    own = _INBOUND.get(inbound.strip().lower())
    if own is None:
        return Skipped(line, f"inbound is {inbound!r}; it must be True or False")
    try:
        at = moment(created_at.strip())
    except (ValueError, OverflowError):
        return Skipped(
            line, f"created_at is {created_at!r}; a time looks like Tue Oct 31 22:10:47 +0000 2017"
        )
    return Row(
        line=line, external_id=tweet, author_id=author, author=author, own=not own, at=at,
        text=text, parent=_reference(parent),
    )  # fmt: skip


def _escaped(text: str) -> bool:
    """Say whether bytes that are not UTF-8 were carried over while reading."""
    return any("\udc80" <= letter <= "\udcff" for letter in text)


def _reference(cell: str) -> str | None:
    """Return a tweet id; spreadsheets write whole numbers with a ``.0`` behind."""
    return cell.strip().removesuffix(".0") or None
