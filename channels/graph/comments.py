"""The comments on one post: read backwards until they are known, and given forwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from channels.graph.dialect import Dialect
from channels.graph.place import Track
from channels.graph.posts import Comment, Post
from channels.graph.server import Server
from channels.model import Gap

#: Pages of comments that are read back in one look.
PAGES = 40


@dataclass(frozen=True, slots=True)
class Seen:
    """Comments that were read, oldest first."""

    comments: list[Comment]
    #: All comments from then on are among them; None: all there are.
    since: datetime | None = None
    gap: Gap | None = None


def read(dialect: Dialect, server: Server, post: Post, track: Track, began: datetime) -> Seen:
    """Read what may be new on a post; ``began``, UTC, is when comments begin to be wanted."""
    floor = max(track.floor, began)
    grown = post.count - track.count
    found = _begun(post)
    new = pages = 0
    for page in dialect.comments(server, post, PAGES):
        pages += 1
        found |= {one.id: one for one in page}
        new += sum(track.is_new(one.id, one.at) for one in page)
        # Where answers hang below what they answer, an old comment may have a new one.
        enough = dialect.flat or 0 < grown <= new
        if enough and page and page[-1].at < floor:
            return Seen(_sorted(found), page[-1].at)
    if pages < PAGES:
        return Seen(_sorted(found))
    oldest = page[-1].at
    why = f"There were more comments on one post than {dialect.title} lets us read back."
    missing = oldest > floor or (track.stamp != "" and new < grown)
    gap = Gap(floor, max(floor, oldest), why) if missing else None
    return Seen(_sorted(found), oldest, gap)


def glance(dialect: Dialect, server: Server, post: Post) -> Seen:
    """Read the newest page of comments on a post, to see what became of them."""
    newest = next(dialect.comments(server, post, 1), [])
    found = _begun(post) | {one.id: one for one in newest}
    whole = len(newest) >= post.count
    return Seen(_sorted(found), None if whole or not newest else newest[-1].at)


def _begun(post: Post) -> dict[str, Comment]:
    """Return the post itself among its comments, where somebody else posted it to us."""
    return {post.mention.id: post.mention} if post.mention else {}


def _sorted(found: dict[str, Comment]) -> list[Comment]:
    return sorted(found.values(), key=lambda one: (one.at, one.id))
