"""What a page of posts becomes in the database. A few statements a page, however long it is."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update

from channels.model import Author, ChannelAccount, Mention, OwnPost, ReplyStatus
from channels.phrases import letters_of
from channels.similar import nearest
from channels.storage.tables import ConversationRow, CustomerRow, IdentityRow, MentionRow, ReplyRow
from engine.storage.bulk import insert_unless_there


@dataclass(frozen=True, slots=True)
class KnownAuthor:
    """An author whose identity is stored, with the customer behind it."""

    identity_id: int
    customer_id: int
    name: str
    tier: str
    author: Author


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation as far as taking posts needs it."""

    id: int
    opened: bool  #: by this page


#: A reply that waits for a moderator: its id, conversation, text and external id.
_Waiting = Row[int, int | None, str, str | None]


class Arrivals:
    """Writes the posts of one page of one account, inside an open transaction."""

    def __init__(
        self, connection: Connection, workspace_id: int, account: ChannelAccount, now: datetime
    ) -> None:
        """Bind to a transaction. ``now``, UTC, is when the page came in."""
        self._connection = connection
        self._workspace = workspace_id
        self._account = account
        self._now = now

    def known_mentions(self, external_ids: Collection[str]) -> set[str]:
        """Return which mentions of the account are stored already."""
        found = self._connection.scalars(
            select(MentionRow.external_id).where(
                MentionRow.account_id == self._account.id, MentionRow.external_id.in_(external_ids)
            )
        )
        return set(found)

    def authors(self, authors: Mapping[str, Author]) -> dict[str, KnownAuthor]:
        """Return the customers behind authors by external id; new ones are opened.

        Handle, name and reach follow what the network said last.
        """
        known = self._known_authors(authors)
        missing = sorted(authors.keys() - known.keys())
        if missing:
            self._open_customers([authors[external_id] for external_id in missing])
            known |= self._known_authors(missing)
        self._refresh([known[key] for key in sorted(known)], authors)
        return {key: _as_told(known[key], authors[key]) for key in known}

    def threads(self, ids: Collection[str]) -> dict[str, Thread]:
        """Return the stored conversations of the account among threads."""
        found = self._connection.execute(
            select(ConversationRow.id, ConversationRow.thread).where(
                ConversationRow.account_id == self._account.id, ConversationRow.thread.in_(ids)
            )
        )
        return {row.thread: Thread(row.id, opened=False) for row in found}

    def open_threads(self, firsts: Sequence[tuple[Mention, KnownAuthor]]) -> dict[str, Thread]:
        """Open a conversation for each first mention, with its author as the customer."""
        rows = [
            self._owned(
                account_id=self._account.id, customer_id=author.customer_id, thread=mention.thread,
                opened_at=mention.created_at, last_at=mention.created_at, last_text=mention.text,
            )
            for mention, author in firsts
        ]  # fmt: skip
        inserted = insert_unless_there(self._connection, ConversationRow, rows, ["id", "thread"])
        return {row.thread: Thread(row.id, opened=True) for row in inserted}

    def store(
        self, mentions: Sequence[tuple[Mention, KnownAuthor, Thread, float, str]]
    ) -> dict[str, int]:
        """Insert mentions with their sentiment and language; return the ids of the new ones.

        A repost has no words of its own, whatever the network puts there.
        """
        rows = [
            self._owned(
                account_id=self._account.id, conversation_id=thread.id,
                identity_id=author.identity_id, external_id=mention.external_id,
                text="" if mention.reposts else mention.text, created_at=mention.created_at,
                received_at=self._now, in_reply_to=mention.in_reply_to or mention.reposts,
                private=mention.private, url=mention.url, sentiment=sentiment, language=language,
                repost=mention.reposts is not None, answerable=mention.answerable,
            )
            for mention, author, thread, sentiment, language in mentions
        ]  # fmt: skip
        inserted = insert_unless_there(self._connection, MentionRow, rows, ["id", "external_id"])
        return {row.external_id: row.id for row in inserted}

    def touch(self, newest: Mapping[int, Mention]) -> None:
        """Let conversations, by id, show their newest mention; an older one changes nothing."""
        if not newest:
            return
        self._connection.execute(
            update(ConversationRow.__table__)  # type: ignore[arg-type]
            .where(
                ConversationRow.id == bindparam("conversation"),
                ConversationRow.last_at <= bindparam("at"),
            )
            .values(last_at=bindparam("at"), last_text=bindparam("latest")),
            [
                {"conversation": key, "at": mention.created_at, "latest": mention.text}
                for key, mention in sorted(newest.items())
            ],
        )

    def store_own(self, posts: Sequence[tuple[OwnPost, Thread]]) -> int:
        """Insert answers that were given elsewhere, as replies already sent; return how many.

        One that the network shows us back is ours by its external id, and stays as it is. One that
        waited for a moderator has an id of its own from now on.
        """
        rows = [
            self._owned(
                conversation_id=thread.id, account_id=self._account.id, text=post.text,
                private=post.private, status=ReplyStatus.SENT.value,
                idempotency_key=self._key_of(post),
                in_reply_to=post.in_reply_to, recipient="", external_id=post.external_id,
                by=post.author, created_at=post.created_at, sent_at=post.created_at,
                attempts=0, inquiries=0,
            )
            for post, thread in self._unless_waited_for(posts)
        ]  # fmt: skip
        return len(insert_unless_there(self._connection, ReplyRow, rows, ["id"]))

    def _unless_waited_for(
        self, posts: Sequence[tuple[OwnPost, Thread]]
    ) -> list[tuple[OwnPost, Thread]]:
        """Call replies that waited for a moderator by the posts they became; return the others.

        In their own conversations alone: elsewhere another reply may be on its way with the same
        words, and would be taken for refused if its post were given to one that waits.
        """
        begins = {post.waited_as for post, _ in posts if post.waited_as}
        places = {thread.id for post, thread in posts if post.waited_as}
        waiting = [row for begin in sorted(begins) for row in self._waiting(begin, places)]
        if not waiting:
            return list(posts)
        known = self._sent([post.external_id for post, _ in posts])
        left = list(posts)
        # Those with changed words come last: none may take what another is word by word.
        for find in (_same_words, _let_through):
            for post, thread in tuple(left):
                here = [row for row in waiting if row.conversation_id == thread.id]
                row = find(post, here) if post.waited_as and post.external_id not in known else None
                if row is not None:
                    waiting.remove(row)
                    left.remove((post, thread))
                    self._call(row, post)
        return left

    def _call(self, row: _Waiting, post: OwnPost) -> None:
        """Call a reply by the post it became, and let it say what customers read there."""
        same = letters_of(row.text) == letters_of(post.text)
        self._connection.execute(
            update(ReplyRow)
            .where(ReplyRow.id == row.id)
            .values(external_id=post.external_id, text=row.text if same else post.text),
            execution_options={"synchronize_session": False},
        )

    def _waiting(self, begin: str, conversations: Collection[int]) -> Sequence[_Waiting]:
        """Return the replies in conversations whose external ids begin so, oldest first."""
        return self._connection.execute(
            select(ReplyRow.id, ReplyRow.conversation_id, ReplyRow.text, ReplyRow.external_id)
            .where(ReplyRow.conversation_id.in_(conversations))
            .where(ReplyRow.account_id == self._account.id)
            .where(ReplyRow.external_id.startswith(begin, autoescape=True))
            .order_by(ReplyRow.id)
        ).all()

    def _sent(self, ids: Collection[str]) -> set[str | None]:
        """Return which posts are known as replies of the account."""
        found = self._connection.scalars(
            select(ReplyRow.external_id)
            .where(ReplyRow.account_id == self._account.id, ReplyRow.external_id.in_(ids))
        )  # fmt: skip
        return set(found)

    def _key_of(self, post: OwnPost) -> str:
        told = f"own:{self._account.id}:{post.external_id}"
        return hashlib.sha256(told.encode()).hexdigest()

    def _address(self, author: Author) -> str | None:
        mail = author.handle if self._account.channel == "email" else None
        return (author.email or mail or "").strip().lower()[:320] or None

    def _owned(self, **values: Any) -> dict[str, Any]:
        return {"workspace_id": self._workspace, **values}

    def _known_authors(self, external_ids: Collection[str]) -> dict[str, KnownAuthor]:
        found = self._connection.execute(
            select(IdentityRow.__table__, CustomerRow.name.label("customer"), CustomerRow.tier)
            .join_from(IdentityRow, CustomerRow)
            .where(
                IdentityRow.workspace_id == self._workspace,
                IdentityRow.channel == self._account.channel,
                IdentityRow.external_id.in_(external_ids),
            )
        )
        return {row.external_id: _known(row) for row in found}

    def _open_customers(self, authors: Sequence[Author]) -> None:
        """Insert a customer and an identity for each; lose quietly where another worker won."""
        customers = insert_unless_there(
            self._connection, CustomerRow, [
                self._owned(
                    name=author.name or author.handle, tier="standard", notes="",
                    created_at=self._now,
                )
                for author in authors
            ], ["id"],
        )  # fmt: skip
        rows = [
            self._owned(
                customer_id=customer.id, channel=self._account.channel,
                external_id=author.external_id, handle=author.handle, name=author.name,
                reach=author.reach, email=self._address(author),
            )
            for author, customer in zip(authors, sorted(customers), strict=True)
        ]  # fmt: skip
        inserted = insert_unless_there(self._connection, IdentityRow, rows, ["customer_id"])
        needless = {row.id for row in customers} - {row.customer_id for row in inserted}
        if needless:
            self._connection.execute(delete(CustomerRow).where(CustomerRow.id.in_(needless)))

    def _refresh(self, known: Sequence[KnownAuthor], told: Mapping[str, Author]) -> None:
        changed = [
            {
                "identity": one.identity_id,
                "handle_now": now.handle,
                "name_now": now.name,
                "reach_now": now.reach,
                "email_now": self._address(now),
            }
            for one in known
            if _differs(one.author, now := told[one.author.external_id], self._address(now))
        ]
        if changed:
            self._connection.execute(
                update(IdentityRow.__table__)  # type: ignore[arg-type]
                .where(IdentityRow.id == bindparam("identity"))
                .values(
                    handle=bindparam("handle_now"),
                    name=func.coalesce(bindparam("name_now"), IdentityRow.name),
                    reach=bindparam("reach_now"),
                    email=func.coalesce(bindparam("email_now"), IdentityRow.email),
                ),
                changed,
            )


def _same_words(post: OwnPost, waiting: Sequence[_Waiting]) -> _Waiting | None:
    """Return the reply that waited with the words of a post."""
    words = letters_of(post.text)
    return next((row for row in _left(post, waiting) if letters_of(row.text) == words), None)


def _let_through(post: OwnPost, waiting: Sequence[_Waiting]) -> _Waiting | None:
    """Return the reply that became a post which has waited, whatever it says now.

    Of several that wait no more, as some were refused, it is the one most like it.
    """
    if post.waiting is None or not (gone := _left(post, waiting)):
        return None
    return gone[nearest(letters_of(post.text), [letters_of(row.text) for row in gone])]


def _left(post: OwnPost, waiting: Sequence[_Waiting]) -> list[_Waiting]:
    """Return the replies that may not wait any more, as far as the network says."""
    return [row for row in waiting if row.external_id not in (post.waiting or ())]


def _known(row: Row[Any]) -> KnownAuthor:
    author = Author(row.external_id, row.handle, row.name, row.reach, row.email)
    return KnownAuthor(row.id, row.customer_id, row.customer, row.tier, author)


def _differs(known: Author, told: Author, address: str | None) -> bool:
    """Tell whether the network says anything new of an author; what it leaves out stays."""
    return (known.handle, known.reach, known.name, known.email) != (
        told.handle, told.reach, told.name or known.name, address or known.email,
    )  # fmt: skip


def _as_told(known: KnownAuthor, author: Author) -> KnownAuthor:
    return KnownAuthor(known.identity_id, known.customer_id, known.name, known.tier, author)
