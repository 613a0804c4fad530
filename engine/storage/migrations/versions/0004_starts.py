"""What starts processes by itself; how far messages travel, and how long they are kept."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables and columns."""
    _start("signal_start", sa.Column("signal", sa.String(), nullable=False))
    op.create_index(
        "ix_signal_start_workspace_signal", "signal_start", ["workspace_id", "signal"], unique=False
    )
    _start("condition_start")
    op.create_index(
        "ix_condition_start_workspace",
        "condition_start",
        ["workspace_id", "definition_key"],
        unique=False,
    )
    _timer_start()
    for table in ("inbox", "message"):
        hops = sa.Column("hops", sa.Integer(), nullable=False, server_default="0")
        op.add_column(table, hops)
        op.add_column(table, sa.Column("expires_at", Moment, nullable=True))


def _timer_start() -> None:
    _start(
        "timer_start",
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=True),
        sa.Column("anchor", Moment, nullable=True),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "workspace_id",
            "definition_key",
            "element",
            "slot",
            name=op.f("uq_timer_start_workspace_id_definition_key_element_slot"),
        ),
    )
    op.create_index("ix_timer_start_due_at", "timer_start", ["due_at"], unique=False)
    op.create_index(
        "ix_timer_start_workspace_due_at", "timer_start", ["workspace_id", "due_at"], unique=False
    )


def _start(table: str, *more: Any) -> None:
    op.create_table(
        table,
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("definition_id", Id, nullable=False),
        sa.Column("definition_key", sa.String(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        *more,
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f(f"fk_{table}_definition_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f(f"fk_{table}_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
