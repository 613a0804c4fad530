"""Corral's own recordings: JSON Lines, a post a line.

``{"id", "account", "author", "text", "at"}`` are needed; ``in_reply_to``, ``thread``, ``own``,
``private``, ``url``, ``name`` and ``reach`` may be there. ``author`` is a handle, or an object
``{"id", "handle", "name", "reach"}``. A ``line`` is the line in the file, from 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from channels.model import Skipped
from channels.recordings.rows import Row, moment, storable

#: More followers than there are people; databases count no further than some more digits.
_MOST = 10**12


def read(path: Path) -> Iterator[Row | Skipped]:
    """Yield a row for each line that is not empty, in the order of the file."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield _understand(number, json.loads(line))
            except (ValueError, TypeError, RecursionError) as error:
                yield Skipped(number, str(error))


def _understand(number: int, post: object) -> Row:
    if not isinstance(post, dict):
        raise ValueError("is not a JSON object")
    author = post.get("author")
    if not isinstance(author, Mapping):
        author = {"id": author, "handle": author}
    handle = _needed(author, "handle")
    return Row(
        line=number,
        external_id=_needed(post, "id"),
        author_id=_optional(author, "id") or handle,
        author=handle.removeprefix("@"),
        own=_flag(post, "own"),
        at=moment(_needed(post, "at")),
        text=_needed(post, "text"),
        parent=_optional(post, "in_reply_to"),
        thread=_optional(post, "thread"),
        account=_needed(post, "account").removeprefix("@"),
        name=_optional(author, "name") or _optional(post, "name"),
        reach=_reach(author.get("reach", post.get("reach", 0))),
        private=_flag(post, "private"),
        url=_optional(post, "url"),
    )


def _needed(post: Mapping[str, Any], key: str) -> str:
    value = post.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key!r} is missing or not a text")
    return storable(value)


def _optional(post: Mapping[str, Any], key: str) -> str | None:
    return None if post.get(key) in (None, "") else _needed(post, key)


def _flag(post: Mapping[str, Any], key: str) -> bool:
    value = post.get(key) or False
    if not isinstance(value, bool):
        raise ValueError(f"{key!r} is {value!r}; it must be true or false")
    return value


def _reach(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _MOST:
        raise ValueError(f"reach is {value!r}; it must be a whole number")
    return value
