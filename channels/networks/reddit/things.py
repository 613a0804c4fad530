"""Things of Reddit (comments, posts, messages), in our words.

A thing is known by its kind and number: ``t1_`` a comment, ``t3_`` a post, ``t4_`` a message. A
conversation is what one person writes below one post, and our answers to it; of messages, what
began with one.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from channels.model import Author, Mention

#: Kinds that are read.
COMMENT, POST, MESSAGE = "t1", "t3", "t4"
_BELOW = re.compile(r"/comments/(\w+)/")
#: What stands where something was taken back.
_GONE = frozenset({"[deleted]", "[removed]"})


@dataclass(frozen=True, slots=True)
class Thing:
    """One comment, post or message."""

    name: str
    kind: str
    author: str  #: empty when there is none any more
    author_id: str
    at: datetime
    text: str
    told: Mapping[str, Any]

    @property
    def is_private(self) -> bool:
        """Tell whether only we can read it."""
        return self.kind == MESSAGE

    @property
    def is_gone(self) -> bool:
        """Tell whether its author, or a moderator, has taken it back."""
        words = str(self.told.get("selftext" if self.kind == POST else "body") or "")
        return words in _GONE or (self.kind != MESSAGE and not self.author)

    @property
    def digest(self) -> str:
        """Return what tells whether its words were changed."""
        return f"{zlib.crc32(self.text.encode('utf-8', 'replace')):08x}"

    @property
    def changed_at(self) -> datetime:
        """Return when it was changed last, by the clock of Reddit."""
        edited = self.told.get("edited")
        return _moment(edited) if isinstance(edited, float | int) and edited > 1 else self.at

    @property
    def parent(self) -> str | None:
        """Return what it answers."""
        return str(self.told["parent_id"]) if self.told.get("parent_id") else None

    @property
    def thread(self) -> str:
        """Return the conversation of its author."""
        if self.is_private:
            return str(self.told.get("first_message_name") or self.name)
        below = str(self.told.get("link_id") or "").removeprefix("t3_")
        if not below and self.kind == POST:
            below = self.name.removeprefix("t3_")
        if not below and (found := _BELOW.search(self._path)):
            below = found[1]
        return f"{below}:{self.author.lower()}"

    @property
    def url(self) -> str | None:
        """Return where people read it."""
        if self.is_private:
            return f"https://www.reddit.com/message/messages/{self.name.removeprefix('t4_')}"
        return f"https://www.reddit.com{self._path}" if self._path.startswith("/") else None

    @property
    def _path(self) -> str:
        return str(self.told.get("permalink") or self.told.get("context") or "")


def read(told: Any) -> Thing:
    """Return the thing that Reddit tells.

    Raises:
        ValueError: it lacks something.
    """
    data = told.get("data") if isinstance(told, Mapping) else None
    if not isinstance(data, Mapping) or not data.get("name"):
        raise ValueError("A thing has no name.")
    kind = str(data["name"]).split("_")[0]
    author = str(data.get("author") or "")
    title = data.get("title") if kind == POST else data.get("subject") if kind == MESSAGE else None
    if kind == MESSAGE and data.get("first_message_name"):
        title = None  # it repeats that of the first
    words = data.get("selftext") if kind == POST else data.get("body")
    parts = [str(part).strip() for part in (title, words) if part]
    if kind == POST and not data.get("is_self", True) and data.get("url"):
        parts.append(str(data["url"]))
    return Thing(
        name=str(data["name"]), kind=kind, author="" if author in _GONE else author,
        author_id=str(data.get("author_fullname") or author.lower()),
        at=_moment(data.get("created_utc")), text="\n\n".join(filter(None, parts)), told=data,
    )  # fmt: skip


def mention_of(thing: Thing) -> Mention:
    """Return the mention that a thing by somebody else is.

    What answers somebody in public says nothing of its conversation: that is one of each author.
    """
    locked = bool(thing.told.get("locked") or thing.told.get("archived"))
    return Mention(
        external_id=thing.name,
        author=Author(thing.author.lower(), thing.author),
        text=thing.text,
        created_at=thing.at,
        thread=thing.thread,
        in_reply_to=thing.parent if thing.is_private else None,
        private=thing.is_private,
        url=thing.url,
        answerable=not locked,
        automatic=thing.author.lower() == "automoderator",
    )


def _moment(told: Any) -> datetime:
    try:
        return datetime.fromtimestamp(float(told), UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise ValueError(f"Has no moment but {str(told)[:40]!r}.") from None
