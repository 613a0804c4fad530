"""Tables of process instances, what happened to them and what waits to be applied to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, func, text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from engine.storage.tables.registry import OfInstance, Owned, Table
from engine.storage.types import Id, Payload, UtcDateTime

_ACTIVE = text("status = 'active'")


class InstanceRow(Owned, Table):
    """One run of a definition. The row stays after its end."""

    __tablename__ = "instance"
    __table_args__ = (
        # One active instance for each process and correlation key: two deliveries of a first
        # mention at the same moment start one. The second waits here, fails and is tried again.
        Index(
            "uq_instance_active_correlation_key",
            "workspace_id",
            "definition_key",
            "correlation_key",
            unique=True,
            sqlite_where=text("status = 'active' AND correlation_key IS NOT NULL"),
            postgresql_where=text("status = 'active' AND correlation_key IS NOT NULL"),
        ),
        # Lists page backwards from the newest start, of one status after the other.
        Index("ix_instance_status_started", "workspace_id", "status", "started_at", "id"),
        Index(
            "ix_instance_definition_key_started",
            "workspace_id",
            "definition_key",
            "status",
            "started_at",
            "id",
        ),
        # How many run on a version.
        Index(
            "ix_instance_active_definition",
            "definition_id",
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        Index("ix_instance_business_key", "business_key", postgresql_using="hash"),
        # None on next_due, nor on anything else that changes while an instance runs: PostgreSQL
        # updates a row in its place then, and touches no index.
    )

    definition_id: Mapped[int] = mapped_column(Id, ForeignKey("definition.id"))
    definition_key: Mapped[str]
    #: Counts the writes of ``state``; every update names the one it read.
    revision: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    business_key: Mapped[str | None]
    correlation_key: Mapped[str | None]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The earliest open timer or due date of a user task.
    next_due: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The live tasks as the runner encoded them; NULL before the first run. Lists never open it.
    state: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))


class InboxRow(OfInstance, Table):
    """One thing that happened to an instance. Lives until it is applied; applied in id order."""

    __tablename__ = "inbox"
    __table_args__ = (Index("ix_inbox_instance", "instance_id", "id"),)

    kind: Mapped[str] = mapped_column(String(32))
    token: Mapped[int | None]
    slot: Mapped[int]
    name: Mapped[str | None]
    correlation_key: Mapped[str | None]
    payload: Mapped[Any] = mapped_column(Payload)
    opened_with: Mapped[Any | None] = mapped_column(Payload)
    by: Mapped[str | None]
    #: How many messages and signals of other instances led to it, see ``engine/limits.py``.
    hops: Mapped[int] = mapped_column(server_default="0")
    #: Of a message: when it is not to be kept any longer; NULL: for ever.
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: UTC, by the clock of the database, as its age is: it is measured, and decides nothing.
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, server_default=func.now())


class TermRow(Table):
    """A text out of some diagram: a BPMN id, or a name. Never changed, never removed."""

    __tablename__ = "term"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(unique=True)


class HistoryRow(Table):
    """One line of what happened. Inserted, never changed; there are more of them than of all else.

    So no column is here that the instance has, and the wide ones come first, which PostgreSQL
    stores without gaps. There ``id`` has no index: it only tells the order, and the rows of an
    instance are few.
    """

    __tablename__ = "history"
    __table_args__ = (Index("ix_history_instance_id", "instance_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    instance_id: Mapped[int] = mapped_column(Id, ForeignKey("instance.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: A number of :class:`TermRow`; NULL when the instance itself is meant. No foreign key,
    #: which would be looked up for each entry: numbers are never taken back.
    element: Mapped[int | None]
    #: A number of :data:`engine.storage.history.NUMBERS`.
    what: Mapped[int] = mapped_column(SmallInteger)
    by: Mapped[str | None]
    #: JSON text, packed where the definition version had a dictionary.
    detail: Mapped[bytes | None] = mapped_column(LargeBinary)


class MessageRow(Owned, Table):
    """A message nothing waited for. Lives until something does."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_workspace_name_key", "workspace_id", "name", "correlation_key"),
        # An ended instance asks for what was kept for its correlation key.
        Index("ix_message_workspace_key", "workspace_id", "correlation_key"),
    )

    name: Mapped[str]
    correlation_key: Mapped[str | None]
    business_key: Mapped[str | None]
    payload: Mapped[Any] = mapped_column(Payload)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Both as those of the inbox.
    hops: Mapped[int] = mapped_column(server_default="0")
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
