"""One look at what addresses an account of ours: mentions, our own answers, and what was changed.

Mentions are read forward from a notification, by its id. The newest ones are read once more with
the next look: a server numbers notifications before it commits them, so a lower number may appear
after a higher one. What was read already is known by its id and left out.

Once a minute, and when a stream says so, the rest is looked at: answers of ours that were given
elsewhere, and whether mentions were changed or deleted, for which servers have no feed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from channels.errors import ChannelUnavailableError
from channels.model import Edit, Gap, Mention, OwnPost, Page, Skipped
from channels.networks.mastodon.changes import changes
from channels.networks.mastodon.own import Own
from channels.networks.mastodon.posts import (
    Dated,
    account_id_of,
    boost_of,
    dated,
    each_dated,
    edited_at,
    in_order,
    mention_of,
    own_post_of,
)
from channels.networks.mastodon.server import Server
from channels.networks.mastodon.wording import ROOM, full_handle
from channels.positions import is_due, restored

#: Things asked for at once; servers give fewer as they like, but not fewer than `FEW`.
MANY, FEW = 80, 15
#: The newest notifications, at most so many and of so long, are read once more.
AGAIN, OVERLAP = 10, timedelta(seconds=60)
#: Pages read at the first look, backwards.
FIRST_PAGES = 25
#: Between two looks at all but mentions, and between two questions about the server's terms.
TENDING, ASKING_TERMS = timedelta(seconds=60), timedelta(days=1)
#: Mentions whose changes are looked for: the newest ones.
WATCHED = 100
#: Seconds after which no further question is asked for one page. With the longest question it ends
#: well within ``channels.protocol.LONGEST_CALL``.
PATIENCE = 30.0
_KINDS = ("mention", "reblog", "quote")


@dataclass(slots=True)
class Place:
    """Where reading stopped: the position of an account, as it is kept."""

    #: Mentions before it are not wanted. All moments here are ISO 8601.
    since: str
    terms: dict[str, Any] = field(default_factory=dict)
    terms_at: str | None = None
    tended_at: str | None = None
    #: Notifications are read from here, those in `recent` having been read already.
    after: str | None = None
    recent: list[str] = field(default_factory=list)
    own_after: str | None = None
    #: Id and moment of change of the mentions that are watched, and whose turn it is.
    watched: list[list[str | None]] = field(default_factory=list)
    turn: int = 0
    reply_limit: int = 0

    def kept(self) -> dict[str, Any]:
        """Return it as a position."""
        return asdict(self)


class Look:
    """Reads what is new after a position."""

    def __init__(
        self,
        server: Server,
        after: Mapping[str, Any] | None,
        now: datetime,
        *,
        backlog: timedelta,
    ) -> None:
        """Take the present in UTC, and how long before the first look mentions may be."""
        self._server = server
        self._now = now
        self._place = restored(Place, after or {}, now - backlog)
        self._skipped: list[Skipped] = []
        self._began = time.monotonic()

    def pages(self) -> Iterator[Page]:
        """Yield pages, oldest first. Raises what calling the server raises."""
        self._learn_terms()
        self._server.me()
        tending = is_due(self._place.tended_at, self._now, TENDING)
        # Asked before the mentions: whatever they answer is stored by the time they are. But
        # mentions do not wait until the rest goes well.
        own = Own() if tending else None
        if own is not None:
            own.ask(self._server, self._place.own_after)
        yield from self._first_mentions() if self._place.after is None else self._mentions()
        if own is not None or self._server.changed & self._server.watched:
            yield self._tended(own)

    # ---- mentions

    def _mentions(self) -> Iterator[Page]:
        while True:
            items = in_order(self._asked(min_id=self._place.after))
            news = [one for one in items if one.id not in self._place.recent]
            if not news:
                return
            before = self._place.after
            yield from self._taken(items)
            # One that goes on giving the same does not know how to go forward.
            if len(items) < FEW or self._place.after == before:
                return

    def _first_mentions(self) -> Iterator[Page]:
        """Read backwards until it is long enough ago, then give what was found forwards."""
        since = datetime.fromisoformat(self._place.since)
        found: list[Dated] = []
        gap = None
        for _ in range(FIRST_PAGES):
            items = in_order(self._asked(max_id=found[0].id if found else None))
            found[:0] = items
            if not items or items[0].at < since or len(items) < FEW:
                break
        else:
            why = "There are more mentions from before the account was added than are read back."
            gap = Gap(since, found[0].at, why)
        old = [one for one in found if one.at < since]
        young = [one for one in found if one.at >= since]
        if found:
            self._place.after = old[-1].id if old else young[0].id
        for begin in range(0, len(young), MANY):
            yield from self._taken(young[begin : begin + MANY], gap if begin == 0 else None)

    def _asked(self, **cursor: str | None) -> list[Dated]:
        self._check_patience()
        types = _KINDS if self._place.terms.get("quotes") else _KINDS[:2]
        asked = {"types[]": types, "limit": MANY, "include_filtered": "true", **cursor}
        return each_dated(self._server.listed("/api/v1/notifications", asked), self._skip)

    def _taken(self, items: Sequence[Dated], gap: Gap | None = None) -> Iterator[Page]:
        """Yield notifications that follow each other, as one page or, if that takes long, more."""
        mentions: list[Mention] = []
        for number, item in enumerate(items):
            try:
                # Some servers give all kinds, whatever is asked for.
                if item.id in self._place.recent or item.told.get("type") not in _KINDS:
                    continue
                if item.told["type"] == "reblog":
                    mentions.extend(self._boost(item))
                else:
                    mentions.extend(self._mention(item.told.get("status")))
            except ChannelUnavailableError:
                if not number:
                    raise
                # What was understood so far is given; the next look begins after it.
                yield self._page(items[:number], mentions, gap)
                raise
        yield self._page(items, mentions, gap)
        self._began = time.monotonic()

    def _mention(self, told: Any) -> Iterator[Mention]:
        """Yield the mention that a notification is about, unless it cannot be understood."""
        if told is None:
            return  # deleted since
        try:
            post = dated(told)
            if account_id_of(post.told) == self._server.threads.ours:
                return  # comes with our own posts
            self._check_patience()
            thread = self._server.threads.of(post) or post.id
            mention = mention_of(post, thread, self._domain, ours=self._server.threads.ours)
        except ValueError as error:
            self._skip(str(error))
            return
        if all(id != post.id for id, _ in self._place.watched):
            self._place.watched.append([post.id, edited_at(post.told)])
        yield mention

    def _boost(self, item: Dated) -> Iterator[Mention]:
        """Yield what tells that somebody spread a post of ours, unless it cannot be understood."""
        try:
            if (boost := boost_of(item, self._domain)) is not None:
                yield boost
        except ValueError as error:
            self._skip(str(error))

    def _page(self, items: Sequence[Dated], mentions: list[Mention], gap: Gap | None) -> Page:
        """Return a page of what was read, with the position moved behind it."""
        newest = max(one.at for one in items)
        begin = len(items)
        while begin and len(items) - begin < AGAIN and newest - items[begin - 1].at <= OVERLAP:
            begin -= 1
        if begin:
            self._place.after = items[begin - 1].id
            self._place.recent = [one.id for one in items[begin:]]
        else:
            read = {one.id for one in items}
            older = [id for id in self._place.recent if id not in read]
            self._place.recent = [*older, *(one.id for one in items)][-AGAIN:]
        self._place.watched = self._place.watched[-WATCHED:]
        mentions.sort(key=lambda one: one.created_at)
        return self._given(mentions=tuple(mentions), gap=gap)

    # ---- everything else

    def _tended(self, own: Own | None) -> Page:
        """Return a page of what happened besides mentions."""
        posts: list[OwnPost] = []
        if own is not None:
            since = datetime.fromisoformat(self._place.since)
            first = self._place.own_after is None
            wanted = [one for one in own.answers() if not first or one.at >= since]
            handle = full_handle(str(self._server.me()["acct"]), self._domain)
            for post in wanted:
                self._check_patience()
                if (thread := self._server.threads.of(post)) is not None:
                    posts.append(own_post_of(post, thread, handle))
            self._place.own_after = own.after
            self._place.tended_at = self._now.isoformat()
        self._check_patience()
        edits, gone = changes(self._server, self._place, by_turn=own is not None)
        return self._given(own_posts=tuple(posts), edits=tuple(edits), deletions=tuple(gone))

    def _learn_terms(self) -> None:
        if not is_due(self._place.terms_at, self._now, ASKING_TERMS):
            return
        try:
            terms = self._server.terms()
        except ChannelUnavailableError:
            if not self._place.terms:
                raise
            return  # those of yesterday will do
        self._place.terms = asdict(terms)
        self._place.terms_at = self._now.isoformat()
        self._place.reply_limit = max(terms.limit - ROOM, 1)

    # ---- all of it

    def _given(
        self,
        mentions: tuple[Mention, ...] = (),
        own_posts: tuple[OwnPost, ...] = (),
        edits: tuple[Edit, ...] = (),
        deletions: tuple[str, ...] = (),
        gap: Gap | None = None,
    ) -> Page:
        skipped, self._skipped = tuple(self._skipped), []
        self._server.watched = frozenset(str(id) for id, _ in self._place.watched)
        return Page(
            mentions=mentions, own_posts=own_posts, edits=edits, deletions=deletions, gap=gap,
            skipped=skipped, position=self._place.kept(),
        )  # fmt: skip

    @property
    def _domain(self) -> str:
        return str(self._place.terms["domain"])

    def _skip(self, why: str) -> None:
        self._skipped.append(Skipped(len(self._skipped) + 1, why))

    def _check_patience(self) -> None:
        """Raise unless there is time for another question."""
        if time.monotonic() - self._began > PATIENCE:
            raise ChannelUnavailableError(f"{self._server.host} answers too slowly.")
