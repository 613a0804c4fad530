"""Recorded conversations, replayed as if they happened now.

An account of this network names its file in ``settings["file"]`` and its own handle in it; an
account without a file has nothing to read, yet replies to it are accepted. Replies go nowhere:
they are kept in memory, so that the process behaves as it would on a real network.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from channels.errors import ChannelRefusedError, ReplyTooLongError, UnreadableRecordingError
from channels.media import LIKE_X, LIKE_X_IN_PRIVATE, MediaRules
from channels.model import ChannelAccount, Mention, OwnPost, Page, Reply, Skipped
from channels.recordings import Post, Recording

#: Posts on a page: large enough to make a commit worth while, small enough to follow.
PAGE = 80


class Recorded:
    """A network that reads files and swallows replies."""

    name = "recorded"
    #: The public recordings come from a network with this limit.
    reply_limit = 280
    can_reply_privately = True

    def __init__(self) -> None:
        """Start without a reply."""
        self._sent: dict[str, str] = {}

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield the posts of one handle behind an ordinal; see :class:`channels.protocol.Channel`.

        What could not be understood comes with the first page of a reading from the start.
        """
        file = account.settings.get("file")
        if not file:
            return
        try:
            recording = Recording(Path(str(file)))
        except UnreadableRecordingError as error:
            raise ChannelRefusedError(f"{error} Give the account another file.") from error
        with recording:
            done = int(after["row"]) if after else 0
            skipped = () if after else tuple(recording.skipped)
            while posts := recording.posts(after=done, account=account.handle, limit=PAGE):
                done = posts[-1].ordinal
                yield page(posts, skipped=skipped)
                skipped = ()
            if skipped:
                yield Page(position={"row": done}, skipped=skipped)

    def measure(self, text: str) -> int:
        """Return the number of characters, as Unicode counts them."""
        return len(text)

    def media_rules(self, account: ChannelAccount, *, private: bool) -> MediaRules:
        """Return which files a reply may carry: as on the network that it is like."""
        return LIKE_X_IN_PRIVATE if private else LIKE_X

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Keep the reply; the same idempotency key always gives the same external id."""
        if (length := self.measure(reply.text)) > self.reply_limit:
            raise ReplyTooLongError(self.name, length=length, limit=self.reply_limit)
        digest = hashlib.sha256(reply.idempotency_key.encode()).hexdigest()
        return self._sent.setdefault(reply.idempotency_key, f"reply-{digest[:20]}")

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the id of a reply that this process was given. It is always certain."""
        return self._sent.get(reply.idempotency_key)


def page(posts: list[Post], *, file: str | None = None, skipped: tuple[Skipped, ...] = ()) -> Page:
    """Return posts of one account as a page that ends at the last of them.

    ``file`` says whose rows the position counts, where an account may get several files.
    """
    row = {"row": posts[-1].ordinal}
    return Page(
        mentions=tuple(p.post for p in posts if isinstance(p.post, Mention)),
        own_posts=tuple(p.post for p in posts if isinstance(p.post, OwnPost)),
        position=row if file is None else {**row, "file": file},
        skipped=skipped,
    )


channel = Recorded
