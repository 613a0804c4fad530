"""Message waits and the message buffer in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    union_all,
)

from engine.messages import Message
from engine.records import Buffered, Subscribed
from engine.storage.tables import MessageRow, MessageStartRow, SubscriptionRow, TermRow
from engine.storage.terms import Terms

_KEPT = (
    MessageRow.id,
    MessageRow.name,
    MessageRow.correlation_key,
    MessageRow.payload,
    MessageRow.business_key,
    MessageRow.hops,
    MessageRow.expires_at,
)
#: A wait without key takes any message of its name; a message without key only such waits.
#: The sum, and the text that is joined to nothing, keep SQLite from looking through the waits of
#: the whole workspace by their index, where the instances at hand have a handful.
_TAKES = and_(
    SubscriptionRow.workspace_id + 0 == MessageRow.workspace_id,
    SubscriptionRow.name == TermRow.id,
    MessageRow.name == TermRow.text + "",
    SubscriptionRow.signal.is_(False),
    or_(
        SubscriptionRow.correlation_key.is_(None),
        SubscriptionRow.correlation_key == MessageRow.correlation_key,
    ),
)


class SqlMessages:
    """The message waits and the buffer of one workspace."""

    def __init__(self, connection: Connection, workspace_id: int, terms: Terms) -> None:
        """Work on an open transaction."""
        self._connection = connection
        self._terms = terms
        self._workspace = workspace_id

    def serialise(self, messages: Iterable[tuple[str, str | None]], *, waits: bool) -> None:
        """Let no other transaction correlate, or wait for, these (name, key) until the end.

        Without it a message could look for a wait that is not committed yet while the wait looks
        for a message that is not committed yet, and both would stay alone for ever. SQLite lets
        one writer in at a time anyway.
        """
        wanted = set(messages)
        if self._connection.dialect.name != "postgresql" or not wanted:
            return
        if not waits:
            # A wait without key takes any of these: it must not be opened meanwhile either.
            self._lock("pg_advisory_xact_lock_shared", {(n, None) for n, k in wanted if k})
        self._lock("pg_advisory_xact_lock", wanted)

    def subscribed(self, messages: Iterable[tuple[str, str | None]]) -> list[Subscribed]:
        """Return the waits that could take one of the messages, oldest wait first."""
        wanted = list(messages)
        names = {number: name for name, number in self._terms.known(n for n, _ in wanted).items()}
        if not names:
            return []
        keys = sorted({key for _, key in wanted if key is not None})
        # Two questions to one index. Asked as one, SQLite reads all waits of these names.
        parts = [
            select(
                SubscriptionRow.id,
                SubscriptionRow.instance_id,
                SubscriptionRow.token,
                SubscriptionRow.slot,
                SubscriptionRow.name,
                SubscriptionRow.correlation_key,
            ).where(
                SubscriptionRow.workspace_id == self._workspace,
                SubscriptionRow.signal.is_(False),
                SubscriptionRow.name.in_(sorted(names)),
                taken,
            )
            for taken in (
                SubscriptionRow.correlation_key.is_(None),
                SubscriptionRow.correlation_key.in_(keys),
            )
        ]
        rows = self._connection.execute(union_all(*parts))
        return [
            Subscribed(instance_id, token, slot, names[name], key)
            for _, instance_id, token, slot, name, key in sorted(rows, key=itemgetter(0))
        ]

    def keep(self, messages: Sequence[Message], *, now: datetime) -> None:
        """Put messages into the buffer, in this order."""
        if not messages:
            return
        rows = [
            {
                "workspace_id": self._workspace,
                "name": message.name,
                "correlation_key": message.correlation_key,
                "business_key": message.business_key,
                "payload": dict(message.payload),
                "hops": message.hops,
                "expires_at": message.expires_at,
                "received_at": now,
            }
            for message in messages
        ]
        self._connection.execute(insert(MessageRow), rows)

    def wanted(self, ids: Iterable[int], *, now: datetime) -> dict[int, int]:
        """Return, by instance id, the id of the oldest buffered message the instance waits for.

        A message that several instances could take goes to the one whose wait is oldest.
        """
        listening = sorted(ids)
        if not listening:
            return {}
        rows = self._connection.execute(
            select(SubscriptionRow.instance_id, MessageRow.id)
            .where(
                _TAKES,
                MessageRow.workspace_id == self._workspace,
                SubscriptionRow.instance_id.in_(listening),
                _kept_at(now),
            )
            .order_by(MessageRow.id, SubscriptionRow.id)
        )
        found: dict[int, int] = {}
        taken: set[int] = set()
        for instance_id, message_id in rows:
            if instance_id not in found and message_id not in taken:
                found[instance_id] = message_id
                taken.add(message_id)
        return found

    def kept(
        self, *, now: datetime, names: Iterable[str] = (), keys: Iterable[str] = ()
    ) -> list[int]:
        """Return the ids of buffered messages that could start something, oldest first.

        Args:
            now: the present; whose time is over by then is not among them.
            names: of these messages,
            keys: or with one of these correlation keys.
        """
        starting = select(MessageStartRow.message).where(
            MessageStartRow.workspace_id == self._workspace
        )
        rows = self._connection.execute(
            select(MessageRow.id)
            .where(
                MessageRow.workspace_id == self._workspace,
                MessageRow.name.in_(starting),
                _kept_at(now),
                or_(
                    MessageRow.name.in_(sorted(set(names))),
                    MessageRow.correlation_key.in_(sorted(set(keys))),
                ),
            )
            .order_by(MessageRow.id)
        )
        return list(rows.scalars())

    def take(self, ids: Sequence[int]) -> list[Buffered]:
        """Remove messages from the buffer and return them, oldest first.

        What another transaction took meanwhile is not among them: each is taken once.
        """
        if not ids:
            return []
        statement = delete(MessageRow).where(MessageRow.id.in_(ids)).returning(*_KEPT)
        return sorted(map(_buffered, self._connection.execute(statement)), key=lambda m: m.id)

    def _lock(self, function: str, keys: Iterable[tuple[str, str | None]]) -> None:
        numbers = sorted(_lock_number(self._workspace, *key) for key in keys)
        each = func.unnest(cast(numbers, ARRAY(BigInteger))).column_valued("number")
        lock = getattr(func, function)(each)
        self._connection.execute(select(lock)).all()

    def buffered(self) -> int:
        """Return how many messages wait in the buffer."""
        statement = select(func.count()).where(MessageRow.workspace_id == self._workspace)
        return int(self._connection.execute(statement).scalar_one())


def _kept_at(now: datetime) -> ColumnElement[bool]:
    return or_(MessageRow.expires_at.is_(None), MessageRow.expires_at > now)


def _buffered(columns: Any) -> Buffered:
    id, *values = columns
    return Buffered(id, Message(*values))


def _lock_number(workspace_id: int, name: str, key: str | None) -> int:
    """Return a signed 64-bit number for PostgreSQL's advisory locks."""
    digest = hashlib.blake2b(f"{workspace_id}\0{name}\0{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
