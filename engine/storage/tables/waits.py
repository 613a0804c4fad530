"""Tables of what instances wait for: agents, moments, messages, job handlers, operators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    TextClause,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from engine.storage.tables.registry import Occurrence, OfInstance, Table, WorkItem
from engine.storage.types import Id, Payload, UtcDateTime

_OPEN_USER_TASK = text("status IN ('created', 'claimed')")
_CLAIMED_USER_TASK = text("claimed_by IS NOT NULL AND status IN ('created', 'claimed')")
_ENDED_USER_TASK = text("status IN ('completed', 'cancelled')")
_OPEN_JOB = text("status = 'open'")
_HOLDING_JOB = text("status IN ('open', 'failed')")
_OPEN_INCIDENT = text("resolved_at IS NULL")


def _waiting_at(table: str, is_open: TextClause | None = None) -> Index:
    """Return the index of «which instances wait at this element», newest first."""
    return Index(
        f"ix_{table}_element",
        "workspace_id",
        "element",
        "instance_id",
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _in_order(name: str, some: TextClause, *narrow: str, also: tuple[str, ...] = ()) -> Index:
    """Return an index of some user tasks in the order of their lists."""
    return Index(
        f"ix_user_task_{name}",
        "workspace_id",
        *narrow,
        "due",
        text("priority DESC"),
        "id",
        *also,
        sqlite_where=some,
        postgresql_where=some,
    )


class TimerRow(Occurrence, Table):
    """One moment an instance waits for. Deleted when it fires or the wait ends.

    On PostgreSQL ``id`` has no index: rows are found by their instance, or by what is due.
    """

    __tablename__ = "timer"
    __table_args__ = (
        UniqueConstraint("instance_id", "token", "slot"),
        # The pump asks for the earliest of all workspaces.
        Index("ix_timer_due_at", "due_at"),
        _waiting_at("timer"),
    )

    due_at: Mapped[datetime] = mapped_column(UtcDateTime, sort_order=-7)


class SubscriptionRow(Occurrence, Table):
    """One message or signal an instance waits for. Deleted when the wait ends.

    As with timers, ``id`` has no index on PostgreSQL.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("instance_id", "token", "slot"),
        Index("ix_subscription_workspace_name_key", "workspace_id", "name", "correlation_key"),
        _waiting_at("subscription"),
    )

    #: Of the message or signal: a number of :class:`TermRow`.
    name: Mapped[int]
    #: A signal goes to everyone, a message to one.
    signal: Mapped[bool]
    #: NULL takes any.
    correlation_key: Mapped[str | None]


class UserTaskRow(WorkItem, Table):
    """Work for an agent. The row stays when it is done."""

    __tablename__ = "user_task"
    __table_args__ = (
        # With the status: an instance that goes round for long leaves thousands behind.
        Index("ix_user_task_instance", "instance_id", "status"),
        # Pages of queues and of claimants, soonest due first; and the numbers of queues.
        _in_order("open_queue", _OPEN_USER_TASK, "queue", also=("claimed_by",)),
        _in_order("open_claimed_by", _CLAIMED_USER_TASK, "claimed_by"),
        _in_order("open_due", _OPEN_USER_TASK),
        _in_order("ended_queue", _ENDED_USER_TASK, "queue"),
        _in_order("ended_claimed_by", _ENDED_USER_TASK, "claimed_by"),
        _in_order("ended_due", _ENDED_USER_TASK),
        _waiting_at("user_task", _OPEN_USER_TASK),
    )

    queue: Mapped[str | None]
    due: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: 0 to 100, higher first among equal due dates.
    priority: Mapped[int]
    form: Mapped[str | None]
    claimed_by: Mapped[str | None]
    status: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class JobRow(WorkItem, Table):
    """One piece of work that the engine hands to a job handler.

    A row out of retries stays open to an operator, and an incident points at it. Rows stay when
    the work is done.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_instance", "instance_id", "status"),
        CheckConstraint("retries >= 0", name="retries_not_negative"),
        # Handlers ask for «the open jobs of my type» a few times a second.
        Index("ix_job_type_status", "workspace_id", "type", "status", "id"),
        Index(
            "ix_job_open",
            "workspace_id",
            "id",
            sqlite_where=_OPEN_JOB,
            postgresql_where=_OPEN_JOB,
        ),
        _waiting_at("job", _HOLDING_JOB),
    )

    type: Mapped[str]
    payload: Mapped[Any] = mapped_column(Payload)
    #: Attempts left. At 0 there is an incident.
    retries: Mapped[int]
    #: What the element gave it, and what resolving an incident gives back.
    retries_given: Mapped[int]
    #: Not to be tried before; NULL: at once.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(16))
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IncidentRow(OfInstance, Table):
    """A stop that an operator must resolve: of a job, or of an element that failed."""

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_instance", "instance_id"),
        Index(
            "ix_incident_open",
            "workspace_id",
            "id",
            sqlite_where=_OPEN_INCIDENT,
            postgresql_where=_OPEN_INCIDENT,
        ),
        # Instances that have one, newest first.
        Index(
            "ix_incident_open_instance",
            "workspace_id",
            "instance_id",
            sqlite_where=_OPEN_INCIDENT,
            postgresql_where=_OPEN_INCIDENT,
        ),
    )

    token: Mapped[int]
    slot: Mapped[int]
    element: Mapped[str]
    element_name: Mapped[str | None]
    #: NULL when the element itself failed.
    job_id: Mapped[int | None] = mapped_column(Id, ForeignKey("job.id"))
    what: Mapped[str]
    cure: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: NULL while open, and when it ended with its element or instance.
    resolved_by: Mapped[str | None]
