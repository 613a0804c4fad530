"""How far a list that shows the newest first was read, when it may yet grow behind that place.

The network sorts posts by the moment their authors' programs tell, if that lies in the past. So a
post may appear behind others that were read before. The newest ones are therefore kept by name:
whatever stands among them or above, and was not kept, is new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from channels.model import Gap
from channels.networks.bluesky.posts import Seen

#: Posts kept by name: so many at least, all of the last minutes, and so many at most. A page of
#: the network has 100, so in quiet times one is enough.
KEPT, RECENT, MOST_KEPT = 90, timedelta(minutes=10), 1_000
#: Pages that are read back in one look.
PAGES = 40


@dataclass(slots=True)
class Track:
    """Where reading a list stopped."""

    #: Nothing before it is wanted, as long as fewer than :data:`KEPT` posts were read.
    since: datetime
    kept: list[tuple[str, datetime]] = field(default_factory=list)  #: oldest first

    @classmethod
    def of(cls, position: Any, since: datetime) -> Track:
        """Return what a position tells; one that tells nothing begins at ``since``."""
        if not isinstance(position, Mapping):
            return cls(since)
        kept = [(str(name), datetime.fromisoformat(at)) for name, at in position["kept"]]
        return cls(datetime.fromisoformat(position["since"]), kept)

    def position(self) -> dict[str, Any]:
        """Return it as it is stored."""
        kept = [[name, at.isoformat()] for name, at in self.kept]
        return {"since": self.since.isoformat(), "kept": kept}

    @property
    def floor(self) -> datetime:
        """The moment before which all was read, or is not wanted."""
        return self.kept[0][1] if len(self.kept) >= KEPT else self.since

    def take(self, posts: list[Seen]) -> None:
        """Note that posts were read, oldest first."""
        names = {_name(post) for post in posts}
        kept = [one for one in self.kept if one[0] not in names]
        kept += [(_name(post), post.at) for post in posts]
        kept.sort(key=lambda one: one[1])
        recent = kept[-1][1] - RECENT if kept else self.since
        few = sum(at >= recent for _, at in kept)
        self.kept = kept[-min(max(few, KEPT), MOST_KEPT) :]

    def news(
        self, ask: Callable[[str | None], tuple[list[Seen], str | None]]
    ) -> tuple[list[Seen], Gap | None]:
        """Return what is new, oldest first, and what could not be read back.

        ``ask`` is given a cursor and returns a page, newest first, and the cursor of the next.
        """
        known = {name for name, _ in self.kept}
        found: dict[str, Seen] = {}
        reached, oldest = False, None
        for posts, cursor in self._pages(ask):
            for post in posts:
                oldest = min(oldest or post.at, post.at)
                if _name(post) in known:
                    reached = True
                elif post.at >= self.floor:
                    found.setdefault(post.uri, post)
            if oldest is not None and oldest < self.floor:
                reached = True
                break
            if cursor is None:
                # The end. Had we read anything before, it should have been met on the way.
                reached = reached or not known
        gap = None
        if not reached and oldest is not None:
            newest = self.kept[-1][1] if self.kept else self.since
            gap = Gap(min(newest, oldest), oldest, "Bluesky did not list the posts between.")
        return sorted(found.values(), key=lambda post: post.at), gap

    def _pages(
        self, ask: Callable[[str | None], tuple[list[Seen], str | None]]
    ) -> Iterator[tuple[list[Seen], str | None]]:
        cursor: str | None = None
        for _ in range(PAGES):
            posts, cursor = ask(cursor)
            yield posts, cursor
            if cursor is None:
                return


def _name(post: Seen) -> str:
    return hashlib.sha256(post.uri.encode("utf-8", "replace")).hexdigest()[:12]
