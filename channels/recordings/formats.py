"""Which format a file is in, told by its first bytes and not by its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from channels.errors import UnreadableRecordingError
from channels.model import Skipped
from channels.recordings import care_json, json_lines, tweets_csv
from channels.recordings.rows import Row

_HEAD = 4096


def read(path: Path) -> Iterator[Row | Skipped]:
    """Return the posts of ``path``, in the order of the file, as it is read.

    Raises:
        UnreadableRecordingError: there is no such file, or it is in no known format.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError as error:
        reason = error.strerror or error
        raise UnreadableRecordingError(f"{path} cannot be read: {reason}.") from error
    if head.startswith(b"["):
        return care_json.read(path)
    if head.startswith(b"{"):
        return json_lines.read(path)
    if b"tweet_id" in head.splitlines()[0].lower() if head else False:
        return tweets_csv.read(path)
    raise UnreadableRecordingError(
        f"{path.name} is no recording: it must be a JSON array of dialogs, JSON Lines, or CSV "
        f"with the columns {', '.join(tweets_csv.COLUMNS)}."
    )
