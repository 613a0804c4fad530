"""Where reading stopped: the position of an account, as it is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.graph.posts import Comment, Post

#: So much of what was read is read again with the next look: a comment may appear late.
OVERLAP = timedelta(minutes=10)
#: Things kept by name for one list, and comments whose changes are looked for.
RECENT, WATCHED = 200, 100


@dataclass(slots=True)
class Track:
    """How far a list was read."""

    mark: int  #: seconds since 1970; all up to then was read
    #: What was read of the time that is read again: short names, and seconds since 1970.
    recent: list[list[Any]] = field(default_factory=list)
    stamp: str = ""  #: of the post, once all of its comments were read
    count: int = 0

    @property
    def floor(self) -> datetime:
        """The moment from which on there may be something new."""
        return datetime.fromtimestamp(self.mark, UTC) - OVERLAP

    def is_new(self, id: str, at: datetime) -> bool:
        """Tell whether something has not been read yet. It may say so twice, never wrongly not."""
        return at >= self.floor and not self.has(id)

    def has(self, id: str) -> bool:
        """Tell whether something is among what was read last."""
        name = digest(id)
        return any(known == name for known, _ in self.recent)

    def take(self, read: Iterable[tuple[str, datetime]]) -> None:
        """Note that things were read, oldest first."""
        self.recent += [[digest(id), int(at.timestamp())] for id, at in read]
        self.mark = max([self.mark, *(at for _, at in self.recent)])
        floor = self.mark - OVERLAP.total_seconds()
        self.recent = [one for one in self.recent if one[1] >= floor][-RECENT:]


@dataclass(slots=True)
class Watched:
    """A comment whose changes are looked for."""

    id: str
    post: str
    digest: str  #: of its words
    at: int  #: seconds since 1970


@dataclass(slots=True)
class Place:
    """Where reading stopped."""

    since: int  #: seconds since 1970; nothing before it is wanted
    me: str = ""
    messages: Track = field(default_factory=lambda: Track(0))
    posts: dict[str, Track] = field(default_factory=dict)
    watched: list[Watched] = field(default_factory=list)
    tended_at: int = 0
    turn: int = 0

    @classmethod
    def of(cls, position: Mapping[str, Any] | None, since: datetime, now: datetime) -> Place:
        """Return what a position tells; without one, a place that begins at ``since``, UTC."""
        if not position:
            began = int(since.timestamp())
            return cls(began, messages=Track(began), tended_at=int(now.timestamp()))
        position = deepcopy(dict(position))
        return cls(
            position["since"],
            position["me"],
            Track(**position["messages"]),
            {id: Track(*told) for id, told in position["posts"].items()},
            [Watched(*told) for told in position["watched"]],
            position["tended_at"],
            position["turn"],
        )

    def kept(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "since": self.since,
            "me": self.me,
            "messages": asdict(self.messages),
            "posts": {
                id: [one.mark, [list(each) for each in one.recent], one.stamp, one.count]
                for id, one in self.posts.items()
            },
            "watched": [[one.id, one.post, one.digest, one.at] for one in self.watched],
            "tended_at": self.tended_at,
            "turn": self.turn,
        }

    @property
    def began(self) -> datetime:
        """The moment from which on things are wanted."""
        return datetime.fromtimestamp(self.since, UTC)

    def track_of(self, post: Post) -> Track:
        """Return how far the comments of a post were read."""
        return self.posts.setdefault(post.id, Track(self.since))

    def keep(self, posts: Sequence[Post]) -> None:
        """Forget all posts but these."""
        listed = {post.id for post in posts}
        self.posts = {id: one for id, one in self.posts.items() if id in listed}

    def watch(self, comments: Iterable[Comment], post: Post) -> None:
        """Look for changes of comments from now on; of the newest ones only."""
        known = {one.id for one in self.watched}
        self.watched += [
            Watched(one.id, post.id, digest(one.text), int(one.at.timestamp()))
            for one in comments
            if not one.ours and one.id not in known
        ]
        self.watched = sorted(self.watched, key=lambda one: one.at)[-WATCHED:]


def digest(text: str) -> str:
    """Return what tells words, or a name, from others."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
