"""One look at what addresses an account of ours.

Notifications, and posts that a search finds, are read back to what is known; direct messages
forward from a cursor. Once a minute the rest is looked at: our own answers given elsewhere, and
whether mentions were changed or deleted, for which there is no feed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from channels.errors import CallRefusedError, ChannelUnavailableError
from channels.fields import days
from channels.model import ChannelAccount, Edit, Gap, Mention, OwnPost, Page, Skipped
from channels.networks.bluesky.desk import Desk
from channels.networks.bluesky.messages import News, news_of
from channels.networks.bluesky.posts import (
    POST,
    Seen,
    did_of,
    mention_of,
    own_post_of,
    repost_of,
    seen_of,
    words_of,
)
from channels.networks.bluesky.session import error_of
from channels.networks.bluesky.tracks import Track
from channels.positions import is_due

#: Posts asked for at once, and mentions of one page of ours.
MANY, PAGE = 100, 50
#: What of an account's notifications a person waits for an answer to.
#: And who spread our posts: shown beside them.
REASONS = ("mention", "reply", "quote", "repost")
#: Between two looks at all but mentions.
TENDING = timedelta(seconds=60)
#: Mentions that are watched for changes: the newest; and posts that can be asked for at once.
WATCHED, TOGETHER = 100, 25
#: After which an account that may not read direct messages is tried again.
REFUSED_PAUSE = timedelta(hours=1)
#: Of those that are not shown any more, so many are looked for in a look.
ONE_BY_ONE = 5


class Look:
    """Reads what is new after a position."""

    def __init__(
        self, account: ChannelAccount, desk: Desk, after: Mapping[str, Any] | None, now: datetime
    ) -> None:
        """Take the present in UTC, and what is known of the account in this process."""
        self._desk = desk
        self._session = desk.session
        self._settings = account.settings
        self._now = now
        self._since = now - days(account.settings.get("backlog_days"), 1.0)
        self._position: dict[str, Any] = deepcopy(dict(after or {}))
        self._own: Track | None = None
        self._skipped: list[Skipped] = []

    def pages(self) -> Iterator[Page]:
        """Yield all that is new, oldest first; see :class:`channels.protocol.Channel`."""
        tending = is_due(self._position.get("tended_at"), self._now, TENDING)
        # Asked before the mentions: whatever they answer is stored by the time they are.
        own = self._own_posts() if tending else ()
        yield from self._posts("mentions", self._ask_notifications)
        if query := str(self._settings.get("search") or "").strip():
            yield from self._posts("search", lambda cursor: self._ask_search(query, cursor))
        if tending:
            yield self._tended(own)
        if self._settings.get("messages", True) and self._desk.may_read_messages(self._now):
            yield from self._messages()

    # ---- mentions

    def _posts(
        self, name: str, ask: Callable[[str | None], tuple[list[Seen], str | None]]
    ) -> Iterator[Page]:
        """Yield what a list shows that is new, a page at a time."""
        self._session.begin()
        track = Track.of(self._position.get(name), self._since)
        news, gap = track.news(ask)
        if not news and (gap or name not in self._position):
            self._position[name] = track.position()
            yield self._page(gap=gap)
        for begin in range(0, len(news), PAGE):
            self._session.begin()
            posts = news[begin : begin + PAGE]
            mentions = list(self._mentions(posts))
            track.take(posts)
            self._position[name] = track.position()
            yield self._page(mentions=tuple(mentions), gap=gap)
            gap = None

    def _ask_notifications(self, cursor: str | None) -> tuple[list[Seen], str | None]:
        # An account may have asked to be told of those alone whom it follows: no customers.
        told = self._session.ask(
            "app.bsky.notification.listNotifications",
            limit=MANY, cursor=cursor, reasons=REASONS, priority="false",
        )  # fmt: skip
        return self._listed(told, "notifications")

    def _ask_search(self, query: str, cursor: str | None) -> tuple[list[Seen], str | None]:
        told = self._session.ask(
            "app.bsky.feed.searchPosts", q=query, sort="latest", limit=MANY, cursor=cursor
        )
        return self._listed(told, "posts")

    def _listed(self, told: Mapping[str, Any], name: str) -> tuple[list[Seen], str | None]:
        listed, cursor = told.get(name), told.get("cursor")
        found = []
        for one in listed if isinstance(listed, list) else ():
            try:
                found.append(seen_of(one))
            except ValueError as error:
                self._skip(str(error))
        return found, cursor if isinstance(cursor, str) and cursor else None

    def _mentions(self, posts: list[Seen]) -> Iterator[Mention]:
        """Yield the mentions that posts are; our own come with our own posts."""
        theirs = [post for post in posts if did_of(post.uri) != self._session.did]
        reach = self._desk.reach_of([str(did_of(post.uri)) for post in theirs])
        watched = self._position.setdefault("watched", [])
        for post in theirs:
            if (spread := repost_of(post, reach.get(str(did_of(post.uri)), 0))) is not None:
                yield spread
                continue
            if f"/{POST}/" not in post.uri:
                continue  # older servers give all kinds, whatever is asked for
            thread = self._desk.threads.of(post.uri, post.record) or post.uri
            try:
                yield mention_of(post, thread, reach.get(str(did_of(post.uri)), 0))
            except ValueError as error:
                self._skip(str(error))
                continue
            if all(uri != post.uri for uri, _ in watched):
                watched.append([post.uri, post.cid])
        self._position["watched"] = watched[-WATCHED:]

    # ---- direct messages

    def _messages(self) -> Iterator[Page]:
        try:
            self._session.begin()
            for news in news_of(self._session, self._position.get("messages"), self._since):
                yield self._of_messages(news)
                self._session.begin()
        except CallRefusedError:
            # This password may not, or this server has none. Mentions are read all the same.
            self._desk.leave_messages(self._now, REFUSED_PAUSE)
        except ChannelUnavailableError:
            # Another server carries them. They are read from where we stopped once it is back.
            self._desk.leave_messages(self._now, TENDING)

    def _of_messages(self, news: News) -> Page:
        people = self._desk.people([one.sender for one in news.messages])
        mentions, own = [], []
        for message in news.messages:
            if message.sender == self._session.did:
                own.append(message.own_post(self._session.handle))
            else:
                mentions.append(message.mention(people.get(message.sender)))
        self._position["messages"] = news.cursor
        return self._page(tuple(mentions), own_posts=tuple(own), deletions=news.deleted)

    # ---- everything else

    def _tended(self, own: tuple[OwnPost, ...]) -> Page:
        """Return a page of what happened besides."""
        self._session.begin()
        if self._own is not None:
            self._position["own"] = self._own.position()
        edits, gone = self._changes()
        self._position["tended_at"] = self._now.isoformat()
        return self._page(own_posts=own, edits=tuple(edits), deletions=tuple(gone))

    def _own_posts(self) -> tuple[OwnPost, ...]:
        def ask(cursor: str | None) -> tuple[list[Seen], str | None]:
            told = self._session.ask(
                "app.bsky.feed.getAuthorFeed", actor=self._session.did, limit=MANY,
                filter="posts_with_replies", cursor=cursor,
            )  # fmt: skip
            feed = told.get("feed")
            posts = [one.get("post") for one in feed if isinstance(one, Mapping)] if isinstance(
                feed, list
            ) else []  # fmt: skip
            found, cursor = self._listed({**told, "posts": posts}, "posts")
            # What we spread stands there too.
            return [one for one in found if did_of(one.uri) == self._session.did], cursor

        self._session.begin()
        self._own = track = Track.of(self._position.get("own"), self._since)
        news, _ = track.news(ask)
        own = []
        for post in news:
            thread = self._desk.threads.of(post.uri, post.record)
            if thread is not None:
                own.append(own_post_of(post, thread, self._session.handle))
        track.take(news)
        return tuple(own)

    def _changes(self) -> tuple[list[Edit], list[str]]:
        """Return edits, and addresses of what is gone, of the watched mentions whose turn it is."""
        watched = self._position.get("watched") or []
        turn = int(self._position.get("turn") or 0) % max(len(watched), 1)
        asked = dict([*watched[turn:], *watched[:turn]][:TOGETHER])
        self._position["turn"] = turn + TOGETHER
        if not asked:
            return [], []
        told = self._session.ask("app.bsky.feed.getPosts", uris=list(asked))
        shown = {post.uri: post for post in self._listed(told, "posts")[0]}
        edits = []
        for entry in watched:
            post = shown.get(entry[0])
            if post is not None and post.cid != entry[1]:
                entry[1] = post.cid
                edits.append(Edit(post.uri, words_of(post.record), self._now))
        hidden = [uri for uri in asked if uri not in shown]
        gone = [uri for uri in hidden[:ONE_BY_ONE] if self._is_gone(uri)]
        self._position["watched"] = [entry for entry in watched if entry[0] not in gone]
        return edits, gone

    def _is_gone(self, uri: str) -> bool:
        """Tell whether a post that is not shown was deleted; its author may only block us."""
        did, collection, key = uri.removeprefix("at://").split("/")
        try:
            self._session.ask(
                "com.atproto.repo.getRecord", repo=did, collection=collection, rkey=key
            )
        except CallRefusedError as refused:
            return error_of(refused) == "RecordNotFound"
        except ChannelUnavailableError:
            return False
        return False

    # ---- all of it

    def _page(
        self,
        mentions: tuple[Mention, ...] = (),
        own_posts: tuple[OwnPost, ...] = (),
        edits: tuple[Edit, ...] = (),
        deletions: tuple[str, ...] = (),
        gap: Gap | None = None,
    ) -> Page:
        skipped, self._skipped = tuple(self._skipped), []
        return Page(
            mentions=mentions, own_posts=own_posts, edits=edits, deletions=deletions, gap=gap,
            skipped=skipped, position=deepcopy(self._position),
        )  # fmt: skip

    def _skip(self, why: str) -> None:
        self._skipped.append(Skipped(len(self._skipped) + 1, why))
