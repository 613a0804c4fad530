"""Answers of ours that were given elsewhere, on the pages of the server or by another program."""

from __future__ import annotations

from channels.errors import ChannelError
from channels.networks.mastodon.posts import Dated, each_dated, parent_of
from channels.networks.mastodon.server import Server

#: Posts read at one look; a server takes fewer from us in that time.
MANY = 40


class Own:
    """Our own posts since the last look."""

    def __init__(self) -> None:
        """Begin without any."""
        self.after: str | None = None
        self._posts: list[Dated] = []
        self._error: ChannelError | None = None

    def ask(self, server: Server, after: str | None) -> None:
        """Read forward from a post, or the newest ones; trouble is kept for later."""
        path = f"/api/v1/accounts/{server.me()['id']}/statuses"
        asked = {"limit": MANY, "exclude_reblogs": "true", "min_id": after}
        try:
            self._posts = each_dated(server.listed(path, asked), lambda _: None)
        except ChannelError as error:
            self._error = error
        self.after = self._posts[-1].id if self._posts else after

    def answers(self) -> list[Dated]:
        """Return those that answer a post, oldest first. Raises what asking raised."""
        if self._error is not None:
            raise self._error
        found = [one for one in self._posts if parent_of(one.told) is not None]
        return sorted(found, key=lambda one: one.at)
