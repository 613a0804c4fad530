"""Whether a reply of unknown fate stands among the posts of our account."""

from __future__ import annotations

from datetime import datetime

from channels.errors import ChannelUnavailableError, ReplyRefusedError
from channels.html_text import text_of
from channels.model import ChannelAccount, Reply
from channels.moments import DOUBT
from channels.networks.mastodon.posts import Dated, each_dated, parent_of
from channels.networks.mastodon.server import Server
from channels.networks.mastodon.wording import fingerprint, wording

#: Posts asked for at once, and pages of them until we say that we cannot tell.
MANY, PAGES = 40, 15


class Finding:
    """Reads our own posts back, newest first, until they are older than the reply."""

    def __init__(
        self, server: Server, account: ChannelAccount, reply: Reply, now: datetime
    ) -> None:
        """Take what to look for. ``now``, UTC, is by the clock that wrote the reply."""
        self._server = server
        self._reply = reply
        self._handle = account.handle
        self._now = now
        self._others = server.posted.by_others(reply.idempotency_key)

    def found(self) -> str | None:
        """Return the id of the reply, or None if it is certainly not there.

        Raises:
            ChannelUnavailableError: nobody can tell now.
        """
        if (known := self._server.posted.id_of(self._reply.idempotency_key)) is not None:
            return known
        try:
            text = fingerprint(wording(self._reply, self._handle))
        except ReplyRefusedError:
            return None  # we never post such a one
        path = f"/api/v1/accounts/{self._server.me()['id']}/statuses"
        found: str | None = None
        oldest: str | None = None
        for _ in range(PAGES):
            asked = {"limit": MANY, "exclude_reblogs": "true", "max_id": oldest}
            posts = each_dated(self._server.listed(path, asked), self._cannot_tell)
            # Of several that look alike the first is meant: the others came later.
            found = next((one.id for one in posts if self._is_it(one, text)), found)
            if not posts or posts[0].at < self._floor():
                return found
            oldest = posts[0].id
        if found is None:
            raise ChannelUnavailableError("There are too many posts since to find the reply among.")
        return found

    def _cannot_tell(self, why: str) -> None:
        raise ChannelUnavailableError(f"A post of ours cannot be read: {why}")

    def _is_it(self, post: Dated, text: str) -> bool:
        if post.id in self._others:
            return False
        # The post that was answered may be gone by now, and its id with it.
        if parent_of(post.told) not in (self._reply.in_reply_to, None):
            return False
        if fingerprint(text_of(str(post.told.get("content") or ""))) != text:
            return False
        return post.id not in self._reply.others

    def _floor(self) -> datetime:
        """Return the moment, by the server's clock, before which the reply was not there."""
        return self._reply.created_at + self._server.ahead(self._now) - DOUBT
