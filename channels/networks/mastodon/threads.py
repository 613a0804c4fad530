"""Which conversation a post belongs to.

Servers of this kind have no conversations, only posts that answer posts. A conversation is named
by the first post on the way down to it that is not our own: everybody who answers an announcement
of ours has their own, while what follows an answer stays with it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from channels.networks.mastodon.posts import Dated, account_id_of, parent_of

#: Posts whose conversation is kept in memory.
KEPT = 20_000


class Threads:
    """Finds the conversations of posts. Safe to use from several threads."""

    def __init__(self, ancestors: Callable[[str], Sequence[Any]]) -> None:
        """Take what asks the server for the posts above one, first to last."""
        #: The server's id of our own account.
        self.ours = ""
        self._ancestors = ancestors
        #: Conversation of each post; None: nobody but us has written on the way to it.
        self._known: OrderedDict[str, str | None] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, post: Dated) -> str | None:
        """Return the conversation of a post; None for one of ours before anybody answered.

        The server is asked once a thread. Raises what asking raises.
        """
        parent = parent_of(post.told)
        known, thread = self._recalled(post.id)
        if known:
            return thread
        above = None if parent is None else self._above(post.id, parent)
        return self._learn(post.id, account_id_of(post.told), above)

    def answered(self, id: str, parent: str) -> None:
        """Take note of an answer of ours, so that the server need not be asked about it."""
        known, thread = self._recalled(parent)
        if known:
            self._learn(id, self.ours, thread)

    def _above(self, id: str, parent: str) -> str | None:
        """Return the conversation of the post that a post answers."""
        known, thread = self._recalled(parent)
        if known:
            return thread
        told = {
            str(one["id"]): one
            for one in self._ancestors(id)
            if isinstance(one, Mapping) and one.get("id")
        }
        way: list[str] = []
        next: str | None = parent
        while next is not None and next in told and next not in way:
            way.append(next)
            next = parent_of(told[next])
        if not way:
            # The server has not seen it, or shows it to nobody. What answers it stays together.
            return parent
        above: str | None = None
        for step in reversed(way):
            above = self._learn(step, account_id_of(told[step]), above)
        return above

    def _learn(self, id: str, author: str | None, above: str | None) -> str | None:
        thread = above if above is not None else None if author == self.ours else id
        with self._lock:
            self._known[id] = thread
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return thread

    def _recalled(self, id: str) -> tuple[bool, str | None]:
        """Return whether the conversation of a post is known, and which it is."""
        with self._lock:
            if id not in self._known:
                return False, None
            self._known.move_to_end(id)
            return True, self._known[id]
