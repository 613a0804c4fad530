"""Which conversation a post belongs to: the first post on the way down to it that is not ours.

A thread that somebody else began is one conversation. Below an announcement of ours everybody who
answers it has their own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress

from channels.errors import CallRefusedError
from channels.networks.bluesky.posts import Told, did_of, parent_of, root_of
from channels.networks.bluesky.session import Session

#: Posts whose conversation is kept in memory; and posts above one that are asked for.
KEPT, HEIGHT = 20_000, 100


class Threads:
    """Finds the conversations of posts. Safe to use from several threads."""

    def __init__(self, session: Session) -> None:
        """Take the session of the account whose conversations they are."""
        self._session = session
        self._known: OrderedDict[str, str | None] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, uri: str, record: Told) -> str | None:
        """Return the conversation of a post; None for one of ours before anybody answered.

        The server is asked only below posts of ours, once a post. Raises what asking raises.
        """
        root, parent = root_of(record), parent_of(record)
        if root is None or parent is None:
            return None if self._is_ours(uri) else uri
        if not self._is_ours(root):
            return root
        with self._lock:
            if uri in self._known:
                self._known.move_to_end(uri)
                return self._known[uri]
        way = [*self._above(uri, parent), uri]
        thread = next((step for step in way if not self._is_ours(step)), None)
        with self._lock:
            self._known[uri] = thread
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return thread

    def _above(self, uri: str, parent: str) -> list[str]:
        """Return the addresses of the posts above one, first to last, as far as they are shown."""
        told: object = None
        with suppress(CallRefusedError):
            asked = self._session.ask(
                "app.bsky.feed.getPostThread", uri=uri, depth=0, parentHeight=HEIGHT
            )
            told = asked.get("thread")
        way: list[str] = []
        node = told.get("parent") if isinstance(told, Mapping) else None
        while isinstance(node, Mapping):
            # One that is deleted, or blocked, is told with its address alone.
            post = node.get("post")
            address = (post if isinstance(post, Mapping) else node).get("uri")
            if not isinstance(address, str):
                break
            way.insert(0, address)
            node = node.get("parent")
        return way or [parent]

    def _is_ours(self, uri: str) -> bool:
        return did_of(uri) == self._session.did
