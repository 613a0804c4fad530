"""Process instances, their inboxes, histories and the message buffer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _instance()
    _inbox()
    _history()
    _message()


def _instance() -> None:
    op.create_table(
        "instance",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("definition_id", Id, nullable=False),
        sa.Column("definition_key", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("business_key", sa.String(), nullable=True),
        sa.Column("correlation_key", sa.String(), nullable=True),
        sa.Column("started_at", Moment, nullable=False),
        sa.Column("ended_at", Moment, nullable=True),
        sa.Column("next_due", Moment, nullable=True),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_instance_definition_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_instance_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
    )
    op.create_index(
        "ix_instance_workspace_business_key",
        "instance",
        ["workspace_id", "business_key"],
        unique=False,
    )
    op.create_index(
        "ix_instance_workspace_definition_key",
        "instance",
        ["workspace_id", "definition_key", "id"],
        unique=False,
    )
    op.create_index(
        "ix_instance_workspace_next_due", "instance", ["workspace_id", "next_due"], unique=False
    )
    op.create_index(
        "ix_instance_workspace_status", "instance", ["workspace_id", "status", "id"], unique=False
    )
    op.create_index(
        "uq_instance_active_correlation_key",
        "instance",
        ["workspace_id", "definition_key", "correlation_key"],
        unique=True,
        sqlite_where=sa.text("status = 'active' AND correlation_key IS NOT NULL"),
        postgresql_where=sa.text("status = 'active' AND correlation_key IS NOT NULL"),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("instance_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("token", sa.Integer(), nullable=True),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("correlation_key", sa.String(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("opened_with", sa.Text(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_inbox_instance_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_inbox_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
    )
    op.create_index("ix_inbox_instance", "inbox", ["instance_id", "id"], unique=False)


def _history() -> None:
    op.create_table(
        "history",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("instance_id", Id, nullable=False),
        sa.Column("element", sa.String(), nullable=True),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["instance.id"],
            name=op.f("fk_history_instance_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_history_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    op.create_index("ix_history_instance", "history", ["instance_id", "id"], unique=False)


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("correlation_key", sa.String(), nullable=True),
        sa.Column("business_key", sa.String(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_message_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(
        "ix_message_workspace_key", "message", ["workspace_id", "correlation_key"], unique=False
    )
    op.create_index(
        "ix_message_workspace_name_key",
        "message",
        ["workspace_id", "name", "correlation_key"],
        unique=False,
    )
