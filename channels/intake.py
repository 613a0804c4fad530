"""Mentions in: stored once, conversation found, message correlated, position moved.

All of it, and how instances go on, is one transaction a page: it is taken whole or not at all, and
a network that delivers twice changes nothing. Whether a mention starts an instance or continues one
is the engine's affair; here it becomes the message ``mention.received``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from channels.changes import Changed, Changes
from channels.clustering import MOOD, Clustering
from channels.gaps import with_gap
from channels.model import (
    ChannelAccount,
    Edit,
    Mention,
    OwnPost,
    Page,
    business_key_of,
    correlation_key_of,
)
from channels.networks import abilities, found, publicly
from channels.placing import Places, named_posts
from channels.protocol import Channel, Colleagues
from channels.remarks import hear
from channels.rhythm import learned
from channels.signals import OfflineSignals, Reading, Signals
from channels.storable import storable
from channels.storage import accounts, attachments, costs, hearing, placing
from channels.storage.arrivals import Arrivals, KnownAuthor, Thread
from channels.urgency import urgency_of
from engine import Engine
from engine.errors import NotFoundError
from engine.messages import Correlated, Correlation, Message
from engine.ports import Change, UnitOfWork

#: Name of the message that a mention becomes.
MENTION_RECEIVED = "mention.received"


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking one page led to."""

    stored: int = 0
    duplicates: int = 0  #: mentions that were stored before, or stand twice on the page
    own_posts: int = 0  #: answers given elsewhere that were new
    reposts: int = 0  #: of what is stored, that were new; they start and continue nothing
    edited: int = 0  #: mentions that say something else now
    deleted: int = 0  #: mentions that were blanked, because their authors took them back
    clustered: int = 0  #: conversations that began like another one
    skipped: int = 0
    started: int = 0
    correlated: int = 0  #: taken, or kept, by an instance that was there before
    buffered: int = 0  #: nothing waits for them, and nothing starts with them
    instances: frozenset[int] = frozenset()  #: ids of those that mentions started or reached
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
        self._clustering = Clustering()

    def take(self, account: ChannelAccount, page: Page, *, lease: str | None = None) -> Taken:
        """Store what is new on ``page`` and correlate it, in the order of the page.

        Args:
            account: where the page comes from.
            page: what one look at the network brought.
            lease: under which the account is read; None where nobody else can read it.

        Raises:
            NotFoundError: the workspace has no such account; nothing was stored.
            LeaseLostError: another worker reads the account by now; nothing was stored.
            ChannelUnavailableError: it has to be read again in a while; nothing was stored.
        """
        page = storable(page)
        # Reading texts takes longer than storing them: not while others wait for the database.
        readings = _Readings(
            {m.external_id: _in_its_language(self._signals.read(m.text), m) for m in page.mentions},
            {edit: self._signals.read(edit.text) for edit in page.edits},
        )

        def store(uow: UnitOfWork) -> Taken:
            current = accounts.lock(uow.connection, uow.workspace_id, account.id, lease)
            if current is None:
                raise NotFoundError("channel account", account.id)
            how = self._channels, self._process, self._clustering
            return _Taking(self._engine, uow, current, *how).take(page, readings)

        return self._engine.transact(store)


@dataclass(frozen=True, slots=True)
class _Readings:
    """What the texts of a page show."""

    mentions: Mapping[str, Reading]
    edits: Mapping[Edit, Reading]


class _Taking:
    """One page on its way into one transaction."""

    def __init__(
        self,
        engine: Engine,
        uow: UnitOfWork,
        account: ChannelAccount,
        channels: Mapping[str, Channel],
        process: str | None,
        clustering: Clustering,
    ) -> None:
        self._engine = engine
        self._clustering = clustering
        self._process = process
        self._uow = uow
        self._account = account
        self._channel = channels.get(account.channel)
        self._now = engine.clock.now()
        self._rows = Arrivals(uow.connection, uow.workspace_id, account, self._now)

    def take(self, page: Page, readings: _Readings) -> Taken:
        mentions, own_posts = self._told_apart(page)
        known = self._rows.known_mentions([m.external_id for m in mentions])
        news = {m.external_id: m for m in reversed(mentions) if m.external_id not in known}
        unknown = [m for m in mentions if news.get(m.external_id) is m]
        new, own_posts, threads = self._placed(unknown, own_posts)
        authors = self._rows.authors({m.author.external_id: m.author for m in new})
        threads |= self._opened(new, threads, authors)
        stored = self._store(new, authors, threads, readings.mentions)
        own = self._rows.store_own(
            [(post, threads[post.thread]) for post in own_posts if post.thread in threads]
        )
        spread = [m for m in new if m.external_id in stored and m.reposts is not None]
        taken = [m for m in new if m.external_id in stored and m.reposts is None]
        attachments.keep(self._uow.connection, self._uow.workspace_id, taken, stored)
        # What a program answered is shown, and no customer waits for us to answer it.
        heard = [m for m in taken if not m.automatic]
        noted = set[int]()
        if page.remarks or isinstance(self._channel, Colleagues):
            noted = hear(self._uow, self._account, page, self._now)
        clustered = self._cluster(heard, threads, readings.mentions)
        shown = self._show(taken, threads)
        changes = Changes(self._uow, self._account, self._now, self._conversation)
        changed = changes.take(page, readings.edits)
        messages = [
            self._message(m, stored[m.external_id], threads[m.thread], authors,
                          readings.mentions[m.external_id])
            for m in heard
        ]  # fmt: skip
        outcomes = self._engine.correlate_all(
            messages + changed.messages, process=self._process, within=self._uow
        )
        self._finish(page, taken, threads, shown | changed.conversations | noted)
        result = _sum_up(page, outcomes[: len(heard)], changed)
        return replace(
            result,
            stored=len(taken),
            duplicates=len(mentions) - len(unknown),
            own_posts=own,
            reposts=len(spread),
            clustered=clustered,
            conversations=frozenset(threads[m.thread].id for m in taken),
        )

    def _told_apart(self, page: Page) -> tuple[list[Mention], list[OwnPost]]:
        """Return what others wrote and what we wrote: our own accounts never start anything.

        Ours are the posts of any account of this workspace on the network, and whatever we sent,
        should an account have another handle by now.
        """
        if not page.mentions:
            return [], list(page.own_posts)
        connection = self._uow.connection
        ours = placing.our_accounts(connection, self._uow.workspace_id, self._account.channel)
        sent = placing.our_posts(connection, ours, [m.external_id for m in page.mentions])
        handles = set(ours.values())
        mentions: list[Mention] = []
        by_us: list[Mention] = []
        for m in page.mentions:
            own = m.external_id in sent or m.author.handle.lower().removeprefix("@") in handles
            (by_us if own else mentions).append(m)
        return mentions, [*page.own_posts, *(_as_own(m) for m in by_us if m.reposts is None)]

    def _placed(
        self, new: list[Mention], own_posts: list[OwnPost]
    ) -> tuple[list[Mention], list[OwnPost], dict[str, Thread]]:
        """Return the posts with the threads they belong to, and those that are there already."""
        connection, account = self._uow.connection, self._account.id
        all_posts: list[Mention | OwnPost] = [*new, *own_posts]
        threads = self._rows.threads({post.thread for post in all_posts})
        posts = placing.posts(connection, account, named_posts(all_posts, threads))
        quoted = {posts[m.quotes] for m in new if m.quotes in posts}
        places = Places(set(threads), posts, placing.writers(connection, account, quoted))
        if elsewhere := set(posts.values()) - threads.keys():
            threads |= self._rows.threads(elsewhere)
        return *places.placed(new, own_posts), threads

    def _opened(
        self, new: list[Mention], there: Mapping[str, Thread], authors: Mapping[str, KnownAuthor]
    ) -> dict[str, Thread]:
        """Open conversations for what fits none that is there."""
        firsts: dict[str, tuple[Mention, KnownAuthor]] = {}
        for mention in new:
            if mention.thread not in there:
                author = authors[mention.author.external_id]
                firsts.setdefault(mention.thread, (mention, author))
        return self._rows.open_threads(list(firsts.values())) if firsts else {}

    def _cluster(
        self,
        taken: list[Mention],
        threads: Mapping[str, Thread],
        readings: Mapping[str, Reading],
    ) -> int:
        """Put conversations that this page opened with a complaint to others like them."""
        opened: dict[int, str] = {}
        seen: set[int] = set()
        for mention in taken:
            thread = threads[mention.thread]
            if thread.opened and thread.id not in seen:
                seen.add(thread.id)
                if readings[mention.external_id].sentiment < MOOD:
                    opened[thread.id] = mention.text
        return self._clustering.take(self._uow, list(opened.items()), self._now)

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
                "answerable": mention.answerable,
                "can_reply_publicly": self._in_public(mention),
                "due": mention.due.isoformat() if mention.due else None,
            },
            "conversation": self._conversation(thread.id),
            "customer": {
                "id": author.customer_id,
                "name": author.name,
                "handle": author.author.handle,
                "reach": author.author.reach,
                "tier": author.tier,
            },
            "signals": {
                **reading.payload(),
                "urgency": urgency_of(reading, reach=author.author.reach, tier=author.tier),
                "reach": author.author.reach,
            },
        }
        return Message(
            MENTION_RECEIVED,
            correlation_key_of(thread.id),
            payload,
            business_key=business_key_of(self._account.channel, thread.id),
        )

    def _conversation(self, id: int) -> dict[str, Any]:
        return {"id": id, **self._abilities}

    # What kind of network it is takes long to tell, so once a page.
    @cached_property
    def _abilities(self) -> dict[str, Any]:
        return abilities(self._channel, self._account)

    @cached_property
    def _in_public(self) -> Callable[[Mention], bool]:
        return publicly(self._channel)

    def _show(self, taken: list[Mention], threads: Mapping[str, Thread]) -> set[int]:
        """Let conversations show their newest mention, and return the ids of these."""
        newest: dict[int, Mention] = {}
        for mention in taken:
            key = threads[mention.thread].id
            if key not in newest or mention.created_at >= newest[key].created_at:
                newest[key] = mention
        self._rows.touch(newest)
        return set(newest)

    def _finish(
        self, page: Page, taken: list[Mention], threads: Mapping[str, Thread], changed: set[int]
    ) -> None:
        """Tell open pages what has changed, and move the position last."""
        for key in sorted(changed):
            self._uow.note(Change(self._engine.workspace.key, "conversation", key))
        paid = [(_id_of(one.thread, threads), one) for one in page.costs]
        day = self._now.date()
        costs.book(self._uow.connection, self._uow.workspace_id, self._account.id, day, paid)
        values: dict[str, Any] = {"last_mention_at": self._now} if taken else {}
        if taken or page.gap:
            values |= self._remembered(page, taken)
        if page.position is not None:
            values["position"] = dict(page.position)
        if values:
            accounts.change(self._uow.connection, self._uow.workspace_id, self._account.id, values)

    def _remembered(self, page: Page, taken: list[Mention]) -> dict[str, Any]:
        """Return what the account remembers of the page: gaps, and when mentions come in."""
        gap, rhythm = hearing.remembered(self._uow.connection, self._account.id)
        found = {
            "gap": with_gap(gap, page.gap) if page.gap else None,
            "rhythm": learned(rhythm, [m.created_at for m in taken], self._now),
        }
        return {name: value for name, value in found.items() if value is not None}


def _in_its_language(reading: Reading, mention: Mention) -> Reading:
    """Return a reading with the language of the author, who knows it better than we do."""
    return replace(reading, language=mention.language) if mention.language else reading


def _id_of(thread: str | None, threads: Mapping[str, Thread]) -> int:
    """Return the id of the conversation of a thread; 0 where none is stored."""
    return threads[thread].id if thread and thread in threads else 0


def _sum_up(page: Page, outcomes: Iterable[Correlation], changed: Changed) -> Taken:
    """Return what became of the mentions that were stored, and of those that changed."""
    outcomes = list(outcomes)
    started = sum(one.outcome is Correlated.STARTED for one in outcomes)
    owned = sum(one.instance_id is not None for one in outcomes)
    return Taken(
        stored=len(outcomes),
        skipped=len(page.skipped),
        started=started,
        correlated=owned - started,
        buffered=len(outcomes) - owned,
        edited=changed.edited,
        deleted=changed.deleted,
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
