"""Indexes from which lists read a page, however many rows there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

OPEN = "status IN ('created', 'claimed')"
ENDED = "status IN ('completed', 'cancelled')"


def upgrade() -> None:
    """Create the indexes, and drop those whose work they do."""
    _of_instances()
    _of_user_tasks()
    _of_jobs_and_incidents()
    _of_waits()


def _of_instances() -> None:
    op.drop_index("ix_instance_workspace_status", "instance")
    op.drop_index("ix_instance_workspace_definition_key", "instance")
    started = ("status", "started_at", "id")
    _index("ix_instance_status_started", "instance", *started)
    _index("ix_instance_definition_key_started", "instance", "definition_key", *started)
    active = sa.text("status = 'active'")
    op.create_index(
        "ix_instance_active_definition",
        "instance",
        ["definition_id"],
        sqlite_where=active,
        postgresql_where=active,
    )


def _of_user_tasks() -> None:
    for name in ("queue_due", "due", "claimed_by_due"):
        op.drop_index(f"ix_user_task_open_{name}", "user_task")
    order = ("due", sa.text("priority DESC"), "id")
    for name, some in (("open", OPEN), ("ended", ENDED)):
        also = ("claimed_by",) if some == OPEN else ()
        place = f"ix_user_task_{name}"
        _index(f"{place}_queue", "user_task", "queue", *order, *also, some=some)
        _index(f"{place}_claimed_by", "user_task", "claimed_by", *order, some=some)
        _index(f"{place}_due", "user_task", *order, some=some)


def _of_jobs_and_incidents() -> None:
    op.drop_index("ix_job_open_type", "job")
    _index("ix_job_type_status", "job", "type", "status", "id")
    _index("ix_job_open", "job", "id", some="status = 'open'")
    _index("ix_incident_open_instance", "incident", "instance_id", some="resolved_at IS NULL")


def _of_waits() -> None:
    at = ("element", "instance_id")
    _index("ix_user_task_element", "user_task", *at, some=OPEN)
    _index("ix_job_element", "job", *at, some="status IN ('open', 'failed')")
    _index("ix_timer_element", "timer", *at)
    _index("ix_subscription_element", "subscription", *at)


def _index(name: str, table: str, *columns: str | sa.TextClause, some: str | None = None) -> None:
    where = None if some is None else sa.text(some)
    op.create_index(
        name, table, ["workspace_id", *columns], sqlite_where=where, postgresql_where=where
    )
