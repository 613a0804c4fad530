"""Mentions in: stored once, conversation found, message correlated, position moved.

All of it is one transaction a page, so a page is taken as a whole or not at all, and a network
that delivers twice changes nothing. Whether a mention starts an instance or continues one is the
engine's affair; here it becomes the message ``mention.received``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from channels.model import (
    Author,
    ChannelAccount,
    Mention,
    OwnPost,
    Page,
    business_key_of,
    correlation_key_of,
)
from channels.networks import found, limit_of
from channels.protocol import Channel
from channels.signals import OfflineSignals, Reading, Signals
from channels.storage import accounts
from channels.storage.arrivals import Arrivals, KnownAuthor, Thread
from engine import Engine
from engine.errors import NotFoundError
from engine.messages import Correlated, Correlation, Message
from engine.ports import Change, UnitOfWork

_Part = TypeVar("_Part", Mention, Author, OwnPost)

#: Name of the message that a mention becomes.
MENTION_RECEIVED = "mention.received"
#: Characters of a name, a handle or an id of a person at most.
_LONGEST_NAME = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking one page led to."""

    stored: int = 0
    duplicates: int = 0  #: mentions that were stored before, or stand twice on the page
    own_posts: int = 0  #: answers given elsewhere that were new
    skipped: int = 0
    started: int = 0
    correlated: int = 0  #: taken, or kept, by an instance that was there before
    buffered: int = 0  #: nothing waits for them, and nothing starts with them
    instances: frozenset[int] = frozenset()  #: ids that were left something to do
    conversations: frozenset[int] = frozenset()  #: ids that got a new mention


class Intake:
    """Takes pages of posts into the database of one workspace."""

    def __init__(
        self,
        engine: Engine,
        signals: Signals | None = None,
        channels: Mapping[str, Channel] | None = None,
        *,
        process: str | None = None,
    ) -> None:
        """Bind to a workspace.

        Args:
            engine: bound to the workspace whose accounts are read.
            signals: reads the texts; offline by default.
            channels: the networks, for what their replies may be; those found by default.
            process: key of the only definition that mentions may start; None: whichever is meant.
        """
        self._process = process
        self._engine = engine
        self._signals = signals or OfflineSignals()
        self._channels = found() if channels is None else channels

    def take(self, account: ChannelAccount, page: Page, *, lease: str | None = None) -> Taken:
        """Store what is new on ``page`` and correlate it, in the order of the page.

        Args:
            account: where the page comes from.
            page: what one look at the network brought.
            lease: under which the account is read; None where nobody else can read it.

        Raises:
            NotFoundError: the workspace has no such account; nothing was stored.
            LeaseLostError: another worker reads the account by now; nothing was stored.
        """
        page = _storable(page)
        # Reading texts takes longer than storing them: not while others wait for the database.
        readings = {m.external_id: self._signals.read(m.text) for m in page.mentions}
        with self._engine.transaction() as uow:
            current = accounts.lock(uow.connection, uow.workspace_id, account.id, lease)
            if current is None:
                raise NotFoundError("channel account", account.id)
            taking = _Taking(self._engine, uow, current, self._channels, self._process)
            return taking.take(page, readings)


class _Taking:
    """One page on its way into one transaction."""

    def __init__(
        self,
        engine: Engine,
        uow: UnitOfWork,
        account: ChannelAccount,
        channels: Mapping[str, Channel],
        process: str | None,
    ) -> None:
        self._engine = engine
        self._process = process
        self._uow = uow
        self._account = account
        self._channel = channels.get(account.channel)
        self._now = engine.clock.now()
        self._rows = Arrivals(uow.connection, uow.workspace_id, account, self._now)

    def take(self, page: Page, readings: Mapping[str, Reading]) -> Taken:
        mentions, own_posts = self._told_apart(page)
        known = self._rows.known_mentions([m.external_id for m in mentions])
        news = {m.external_id: m for m in reversed(mentions) if m.external_id not in known}
        new = [m for m in mentions if news.get(m.external_id) is m]
        authors = self._rows.authors({m.author.external_id: m.author for m in new})
        threads = self._threads(new, own_posts, authors)
        stored = self._store(new, authors, threads, readings)
        own = self._rows.store_own(
            [(post, threads[post.thread]) for post in own_posts if post.thread in threads]
        )
        taken = [m for m in new if m.external_id in stored]
        outcomes = self._engine.correlate_all(
            [
                self._message(
                    m, stored[m.external_id], threads[m.thread], authors, readings[m.external_id]
                )
                for m in taken
            ],
            process=self._process,
            within=self._uow,
        )
        self._finish(page, taken, threads)
        result = _sum_up(page, len(mentions), len(taken), own, outcomes)
        return replace(result, conversations=frozenset(threads[m.thread].id for m in taken))

    def _told_apart(self, page: Page) -> tuple[list[Mention], list[OwnPost]]:
        """Return what others wrote and what we wrote: our own accounts never start anything."""
        ours = accounts.our_handles(
            self._uow.connection, self._uow.workspace_id, self._account.channel
        )
        mentions = [m for m in page.mentions if m.author.handle.lower() not in ours]
        by_us = [_as_own(m) for m in page.mentions if m.author.handle.lower() in ours]
        return mentions, [*page.own_posts, *by_us]

    def _threads(
        self, new: list[Mention], own: list[OwnPost], authors: Mapping[str, KnownAuthor]
    ) -> dict[str, Thread]:
        wanted = {m.thread for m in new} | {post.thread for post in own}
        threads = self._rows.threads(wanted)
        firsts: dict[str, tuple[Mention, KnownAuthor]] = {}
        for mention in new:
            if mention.thread not in threads:
                author = authors[mention.author.external_id]
                firsts.setdefault(mention.thread, (mention, author))
        if firsts:
            threads |= self._rows.open_threads(list(firsts.values()))
        return threads

    def _store(
        self,
        new: Iterable[Mention],
        authors: Mapping[str, KnownAuthor],
        threads: Mapping[str, Thread],
        readings: Mapping[str, Reading],
    ) -> dict[str, int]:
        rows = [
            (
                mention,
                authors[mention.author.external_id],
                threads[mention.thread],
                readings[mention.external_id].sentiment,
                readings[mention.external_id].language,
            )
            for mention in new
        ]
        return self._rows.store(rows) if rows else {}

    def _message(
        self,
        mention: Mention,
        mention_id: int,
        thread: Thread,
        authors: Mapping[str, KnownAuthor],
        reading: Reading,
    ) -> Message:
        author = authors[mention.author.external_id]
        payload = dict(self._account.settings.get("variables") or {}) | {
            "mention": {
                "id": mention_id,
                "external_id": mention.external_id,
                "text": mention.text,
                "at": mention.created_at.isoformat(),
                "private": mention.private,
                "url": mention.url,
            },
            "conversation": self._conversation(thread),
            "customer": {
                "id": author.customer_id,
                "name": author.name,
                "handle": author.author.handle,
                "reach": author.author.reach,
                "tier": author.tier,
            },
            "signals": reading.payload(),
        }
        return Message(
            MENTION_RECEIVED,
            correlation_key_of(thread.id),
            payload,
            business_key=business_key_of(self._account.channel, thread.id),
        )

    def _conversation(self, thread: Thread) -> dict[str, Any]:
        channel = self._channel
        return {
            "id": thread.id,
            "channel": self._account.channel,
            "account": self._account.handle,
            "reply_limit": limit_of(channel, self._account) if channel else None,
            "can_reply_privately": channel.can_reply_privately if channel else False,
        }

    def _finish(self, page: Page, taken: list[Mention], threads: Mapping[str, Thread]) -> None:
        """Show the news on the conversations, tell open pages, and move the position last."""
        newest: dict[int, Mention] = {}
        for mention in taken:
            key = threads[mention.thread].id
            if key not in newest or mention.created_at >= newest[key].created_at:
                newest[key] = mention
        self._rows.touch(newest)
        for key in sorted(newest):
            self._uow.note(Change(self._engine.workspace.key, "conversation", key))
        values: dict[str, Any] = {"last_mention_at": self._now} if taken else {}
        if page.position is not None:
            values["position"] = dict(page.position)
        if values:
            accounts.change(self._uow.connection, self._uow.workspace_id, self._account.id, values)


def _sum_up(
    page: Page, mentions: int, stored: int, own: int, outcomes: Iterable[Correlation]
) -> Taken:
    outcomes = list(outcomes)
    started = sum(one.outcome is Correlated.STARTED for one in outcomes)
    owned = sum(one.instance_id is not None for one in outcomes)
    return Taken(
        stored=stored,
        duplicates=mentions - stored,
        own_posts=own,
        skipped=len(page.skipped),
        started=started,
        correlated=owned - started,
        buffered=len(outcomes) - owned,
        instances=frozenset(one.instance_id for one in outcomes if one.instance_id is not None),
    )


def _as_own(mention: Mention) -> OwnPost:
    return OwnPost(
        mention.external_id,
        mention.text,
        mention.created_at,
        mention.thread,
        mention.in_reply_to,
        mention.private,
        mention.author.handle,
    )


def _storable(page: Page) -> Page:
    """Return the page with texts that every database takes: no NUL, no half of a character.

    One post that cannot be stored would keep all that come after it out. Names are cut: they are
    looked up by their letters, and nobody reads more of them.
    """
    return replace(
        page,
        mentions=tuple(
            replace(_cleaned(m), author=_cleaned(m.author, longest=_LONGEST_NAME))
            for m in page.mentions
        ),
        own_posts=tuple(map(_cleaned, page.own_posts)),
    )


def _cleaned(part: _Part, *, longest: int | None = None) -> _Part:
    """Return a part of a page with each of its texts cleaned, and cut to so many characters."""
    texts: dict[str, Any] = {
        each.name: value
        for each in fields(part)
        if isinstance(value := getattr(part, each.name), str)
    }
    clean: dict[str, Any] = {name: _clean(value)[:longest] for name, value in texts.items()}
    return part if clean == texts else replace(part, **clean)


def _clean(text: str) -> str:
    if "\x00" not in text and text.isascii():
        return text
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
