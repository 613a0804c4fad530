"""Answers of ours that were given elsewhere, on the pages of the server or by another program."""

from __future__ import annotations

from channels.errors import ChannelUnavailableError
from channels.networks.mastodon.posts import Dated, each_dated, parent_of
from channels.networks.mastodon.server import Server

#: Posts asked for at once, and pages of them at one look. A page of fewer than `FEW` is the last.
MANY, FEW, PAGES = 40, 15, 5


class Own:
    """Our own posts since the last look."""

    def __init__(self) -> None:
        """Begin without any."""
        self.after: str | None = None
        self._posts: list[Dated] = []
        self._error: ChannelUnavailableError | None = None

    def ask(self, server: Server, after: str | None) -> None:
        """Read forward from a post, or the newest page; trouble is kept for later."""
        self.after = after
        path = f"/api/v1/accounts/{server.me()['id']}/statuses"
        try:
            for _ in range(PAGES):
                asked = {"limit": MANY, "exclude_reblogs": "true", "min_id": self.after}
                posts = each_dated(server.listed(path, asked), lambda _: None)
                first = self.after is None
                self._posts += posts
                self.after = posts[-1].id if posts else self.after
                if first or len(posts) < FEW:
                    return
        except ChannelUnavailableError as error:
            self._error = error

    def answers(self) -> list[Dated]:
        """Return those that answer a post, oldest first.

        Raises:
            ChannelUnavailableError: asking failed.
        """
        if self._error is not None:
            raise self._error
        found = [one for one in self._posts if parent_of(one.told) is not None]
        return sorted(found, key=lambda one: one.at)
