"""Tables of what instances wait for: agents, moments, messages, job handlers, operators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.storage.tables.registry import OfInstance, Table, Waiting
from engine.storage.types import Id, Payload, UtcDateTime

_OPEN_USER_TASK = text("status IN ('created', 'claimed')")
_OPEN_JOB = text("status = 'open'")
_OPEN_INCIDENT = text("resolved_at IS NULL")


class TimerRow(Waiting, Table):
    """One moment an instance waits for. Deleted when it fires or the wait ends."""

    __tablename__ = "timer"
    __table_args__ = (
        UniqueConstraint("instance_id", "token", "slot"),
        # The pump asks for the earliest of all workspaces.
        Index("ix_timer_due_at", "due_at"),
    )

    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class SubscriptionRow(Waiting, Table):
    """One message or signal an instance waits for. Deleted when the wait ends."""

    __tablename__ = "subscription"
    __table_args__ = (
        UniqueConstraint("instance_id", "token", "slot"),
        Index("ix_subscription_workspace_name_key", "workspace_id", "name", "correlation_key"),
    )

    #: A signal goes to everyone, a message to one.
    signal: Mapped[bool]
    name: Mapped[str]
    #: NULL takes any.
    correlation_key: Mapped[str | None]
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class UserTaskRow(Waiting, Table):
    """Work for an agent. The row stays when it is done."""

    __tablename__ = "user_task"
    __table_args__ = (
        # Not unique: an element that failed and is run again keeps its token.
        Index("ix_user_task_instance_token", "instance_id", "token", "slot"),
        # Queue pages and claimants' pages: open ones only, soonest due first.
        Index(
            "ix_user_task_open_queue_due",
            "workspace_id",
            "queue",
            "due",
            sqlite_where=_OPEN_USER_TASK,
            postgresql_where=_OPEN_USER_TASK,
        ),
        Index(
            "ix_user_task_open_due",
            "workspace_id",
            "due",
            sqlite_where=_OPEN_USER_TASK,
            postgresql_where=_OPEN_USER_TASK,
        ),
        Index(
            "ix_user_task_open_claimed_by_due",
            "workspace_id",
            "claimed_by",
            "due",
            sqlite_where=_OPEN_USER_TASK,
            postgresql_where=_OPEN_USER_TASK,
        ),
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


class JobRow(Waiting, Table):
    """One piece of work that the engine hands to a job handler.

    A row out of retries stays open to an operator, and an incident points at it. Rows stay when
    the work is done.
    """

    __tablename__ = "job"
    __table_args__ = (
        # Not unique: an element that failed and is run again keeps its token.
        Index("ix_job_instance_token", "instance_id", "token", "slot"),
        CheckConstraint("retries >= 0", name="retries_not_negative"),
        # Handlers ask for «the open jobs of my type» a few times a second.
        Index(
            "ix_job_open_type",
            "workspace_id",
            "type",
            "id",
            sqlite_where=_OPEN_JOB,
            postgresql_where=_OPEN_JOB,
        ),
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
