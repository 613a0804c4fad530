"""What instances wait for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _timer()
    _subscription()
    _user_task()
    _job()
    _incident()


def _timer() -> None:
    op.create_table(
        "timer",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("instance_id", Id, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("element_name", sa.String(), nullable=True),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_timer_instance_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_timer_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
        sa.UniqueConstraint(
            "instance_id", "token", "slot", name=op.f("uq_timer_instance_id_token_slot")
        ),
    )
    op.create_index("ix_timer_due_at", "timer", ["due_at"], unique=False)
    op.create_index("ix_timer_workspace_due_at", "timer", ["workspace_id", "due_at"], unique=False)


def _subscription() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("instance_id", Id, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("element_name", sa.String(), nullable=True),
        sa.Column("signal", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("correlation_key", sa.String(), nullable=True),
        sa.Column("since", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["instance.id"],
            name=op.f("fk_subscription_instance_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_subscription_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint(
            "instance_id", "token", "slot", name=op.f("uq_subscription_instance_id_token_slot")
        ),
    )
    op.create_index(
        "ix_subscription_workspace_name_key",
        "subscription",
        ["workspace_id", "name", "correlation_key"],
        unique=False,
    )


def _user_task() -> None:
    op.create_table(
        "user_task",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("instance_id", Id, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("element_name", sa.String(), nullable=True),
        sa.Column("queue", sa.String(), nullable=True),
        sa.Column("due", Moment, nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["instance.id"],
            name=op.f("fk_user_task_instance_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_user_task_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_task")),
    )
    _user_task_indexes()


def _user_task_indexes() -> None:
    op.create_index(
        "ix_user_task_instance_token", "user_task", ["instance_id", "token", "slot"], unique=False
    )
    op.create_index(
        "ix_user_task_open_claimed_by_due",
        "user_task",
        ["workspace_id", "claimed_by", "due"],
        unique=False,
        sqlite_where=sa.text("status IN ('created', 'claimed')"),
        postgresql_where=sa.text("status IN ('created', 'claimed')"),
    )
    op.create_index(
        "ix_user_task_open_due",
        "user_task",
        ["workspace_id", "due"],
        unique=False,
        sqlite_where=sa.text("status IN ('created', 'claimed')"),
        postgresql_where=sa.text("status IN ('created', 'claimed')"),
    )
    op.create_index(
        "ix_user_task_open_queue_due",
        "user_task",
        ["workspace_id", "queue", "due"],
        unique=False,
        sqlite_where=sa.text("status IN ('created', 'claimed')"),
        postgresql_where=sa.text("status IN ('created', 'claimed')"),
    )


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("instance_id", Id, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("element_name", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("retries_given", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment, nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.CheckConstraint("retries >= 0", name=op.f("ck_job_retries_not_negative")),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_job_instance_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_job_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index("ix_job_instance_token", "job", ["instance_id", "token", "slot"], unique=False)
    op.create_index(
        "ix_job_open_type",
        "job",
        ["workspace_id", "type", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )


def _incident() -> None:
    op.create_table(
        "incident",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("instance_id", Id, nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("element_name", sa.String(), nullable=True),
        sa.Column("job_id", Id, nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("cure", sa.String(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("resolved_at", Moment, nullable=True),
        sa.Column("resolved_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["instance.id"],
            name=op.f("fk_incident_instance_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_incident_job_id")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_incident_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index("ix_incident_instance", "incident", ["instance_id"], unique=False)
    op.create_index(
        "ix_incident_open",
        "incident",
        ["workspace_id", "id"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
