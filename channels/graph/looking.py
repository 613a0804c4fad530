"""One look at an account: messages, comments on its posts, and what became of earlier ones.

Messages and comments are read backwards to where the last look stopped, with an overlap, and given
forwards. A post is looked into when the network says that its comments are others than they were;
some posts are looked at by turn besides. What goes wrong with comments does not keep messages out,
nor the other way round.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from channels.errors import CallRefusedError, ChannelError, ChannelUnavailableError
from channels.fields import days
from channels.graph import changes, comments, messages
from channels.graph.dialect import Dialect
from channels.graph.faults import UnreadableError, is_gone
from channels.graph.place import Place, Track
from channels.graph.posts import Comment, Message, Post
from channels.graph.server import Server
from channels.model import Edit, Gap, Mention, OwnPost, Page, Skipped

#: Mentions, and answers of ours, of one page.
MANY = 100
#: Between two looks at what became of comments, and posts looked at then.
TENDING, TENDED = timedelta(seconds=60), 3
#: A comment may appear so long after it was written: somebody showed it that was hidden.
LATE = timedelta(days=1)
#: Posts that are watched at most.
MOST_POSTS = 500
#: Seconds after which what was read so far is given.
PATIENCE = 30.0
#: Times that the comments on one post may fail to be read before it is passed over.
GIVING_UP = 3
T = TypeVar("T")


class Look:
    """Reads what is new after a position."""

    def __init__(
        self,
        server: Server,
        dialect: Dialect,
        settings: Mapping[str, Any],
        after: Mapping[str, Any] | None,
        now: datetime,
    ) -> None:
        """Take what is read, from where, and the present in UTC."""
        self._server, self._dialect = server, dialect
        self._me = dialect.me(server)
        self._settings = settings
        self._now = now
        self._before: Mapping[str, Any] | None = after
        backlog = days(self._settings.get("backlog_days"), 1.0)
        self._place = Place.of(after, now - backlog, now)
        self._place.me = self._me.id
        self._found: list[Mention | OwnPost] = []
        self._edits: list[Edit] = []
        self._deletions: list[str] = []
        self._skipped: tuple[Skipped, ...] = ()
        self._gap: Gap | None = None

    def pages(self) -> Iterator[Page]:
        """Yield pages, oldest first. Raises what calling the server raises."""
        failed: ChannelError | None = None
        for part, read in (("messages", self._read_messages), ("comments", self._read_comments)):
            if self._settings.get(part, True) is False:
                continue
            try:
                yield from read()
            except ChannelError as error:
                failed = failed or error
            # What was understood before something went wrong is given all the same.
            if self._has_news():
                yield self._page()
        if self._place.kept() != self._before:
            yield self._page()
        if failed is not None:
            raise failed

    # ---- messages

    def _read_messages(self) -> Iterator[Page]:
        place = self._place
        news = messages.news(self._dialect, self._server, place.messages, place.began)
        self._skipped, self._gap = news.skipped, news.gap
        for some in _portions(news.messages):
            yield from self._passed_on(some, place.messages)

    # ---- comments

    def _read_comments(self) -> Iterator[Page]:
        since = self._now - days(self._settings.get("watch_days"), 30.0)
        posts: list[Post] = []
        for post in self._dialect.posts(self._server, since):
            posts.append(post)
            if len(posts) == MOST_POSTS:
                break
        self._place.keep(posts)
        began = time.monotonic()
        for post in reversed(posts):
            track = self._place.track_of(post)
            if track.stamp == post.stamp:
                continue
            if time.monotonic() - began > PATIENCE:
                yield self._page()
                began = time.monotonic()
            try:
                yield from self._read_post(post, track)
            except ChannelError as error:
                self._pass_over(post, error)
        is_due = self._now.timestamp() - self._place.tended_at >= TENDING.total_seconds()
        # Without anything to look after nothing is written down, either.
        if is_due and self._place.watched:
            self._tend(posts)

    def _read_post(self, post: Post, track: Track) -> Iterator[Page]:
        if post.count or track.count or post.mention:
            read = comments.read(self._dialect, self._server, post, track, self._place.began)
            self._gap = read.gap or self._gap
            self._compare(post, read)
            for some in _portions(self._wanted(read, track)):
                yield from self._passed_on(some, track)
                self._place.watch(some, post)
        track.stamp, track.count = post.stamp, post.count

    def _tend(self, posts: Sequence[Post]) -> None:
        """Look at some posts again, whatever the network says about them."""
        self._deletions += changes.gone_with_posts(self._server, self._place, posts)
        for post in changes.by_turn(self._place, posts, TENDED):
            try:
                self._glance(post)
            except ChannelError as error:
                self._pass_over(post, error)
        self._place.tended_at = int(self._now.timestamp())

    def _glance(self, post: Post) -> None:
        seen = comments.glance(self._dialect, self._server, post)
        self._compare(post, seen)
        known = {one.id for one in self._place.watched}
        since = max(self._place.began, self._now - LATE)
        track = self._place.track_of(post)
        late = [
            one for one in seen.comments
            if one.id not in known and one.at >= since and not track.has(one.id)
        ]  # fmt: skip
        self._add(late)
        self._place.watch(late, post)

    def _pass_over(self, post: Post, error: ChannelError) -> None:
        """Go on without a post that cannot be read, unless it is more than that; then, raise.

        It is tried again with each look. One that always fails must not keep the others out.
        """
        if isinstance(error, CallRefusedError) and is_gone(error):
            return
        if not isinstance(error, UnreadableError):
            self._server.failures[post.id] += 1
            passing = isinstance(error, ChannelUnavailableError) and error.retry_after is None
            if not passing or self._server.failures[post.id] < GIVING_UP:
                raise error
        why = f"The comments on {post.id} cannot be read: {error}"
        self._skipped = (*self._skipped, Skipped(len(self._skipped) + 1, why))

    def _compare(self, post: Post, seen: comments.Seen) -> None:
        self._edits += changes.edits_in(self._place, seen, self._now)
        self._deletions += changes.gone_from(self._server, self._place, post, seen)

    def _wanted(self, seen: comments.Seen, track: Track) -> list[Comment]:
        return [
            one for one in seen.comments
            if one.at >= self._place.began and track.is_new(one.id, one.at)
        ]  # fmt: skip

    # ---- all of it

    def _passed_on(self, some: Sequence[Comment | Message], track: Track) -> Iterator[Page]:
        """Add what is new to the page, oldest first, and give the page before if it gets full."""
        if self._found and len(self._found) + len(some) > MANY:
            yield self._page()
        track.take((one.name, one.at) for one in some)
        self._add(some)

    def _add(self, news: Sequence[Comment | Message]) -> None:
        for one in news:
            given = one.own_post(self._me.handle or self._me.name) if one.ours else one.mention()
            self._found.append(given)

    def _has_news(self) -> bool:
        told = (self._found, self._edits, self._deletions, self._gap, self._skipped)
        return any(told)

    def _page(self) -> Page:
        found = sorted(self._found, key=lambda one: one.created_at)
        page = Page(
            mentions=tuple(one for one in found if isinstance(one, Mention)),
            own_posts=tuple(one for one in found if isinstance(one, OwnPost)),
            position=self._place.kept(), skipped=self._skipped, edits=tuple(self._edits),
            deletions=tuple(self._deletions), gap=self._gap,
        )  # fmt: skip
        self._found, self._edits, self._deletions = [], [], []
        self._skipped, self._gap = (), None
        self._before = page.position
        return page


def _portions(news: Sequence[T]) -> Iterator[Sequence[T]]:
    return (news[begin : begin + MANY] for begin in range(0, len(news), MANY))
