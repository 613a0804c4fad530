"""Indexes that no query needs are dropped, or hold only the rows that are asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

CLAIMED = "claimed_by IS NOT NULL AND status IN ('created', 'claimed')"


def upgrade() -> None:
    """Drop and replace them."""
    # What changes while an instance runs has no index: PostgreSQL updates the row in its place.
    op.drop_index("ix_instance_workspace_next_due", "instance")
    op.drop_index("ix_instance_workspace_business_key", "instance")
    op.create_index(
        "ix_instance_business_key", "instance", ["business_key"], postgresql_using="hash"
    )
    for table in ("user_task", "job"):
        op.drop_index(f"ix_{table}_instance_token", table)
        op.create_index(f"ix_{table}_instance", table, ["instance_id"], unique=False)
    op.drop_index("ix_user_task_open_claimed_by", "user_task")
    op.create_index(
        "ix_user_task_open_claimed_by",
        "user_task",
        ["workspace_id", "claimed_by", "due", sa.text("priority DESC"), "id"],
        sqlite_where=sa.text(CLAIMED),
        postgresql_where=sa.text(CLAIMED),
    )
    if op.get_bind().dialect.name == "postgresql":
        _on_postgresql()


def _on_postgresql() -> None:
    # Found by their instance alone; what an id says besides is which came first.
    for table in ("timer", "subscription"):
        op.drop_constraint(f"pk_{table}", table, type_="primary")
    # Rows grow at their first run, and are updated a few times more: in the same page if it has
    # room. Rows that died are cleared away before they are a fifth of a large table.
    op.execute("ALTER TABLE instance SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.05)")
    for table in ("timer", "subscription", "inbox", "user_task"):
        op.execute(f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.05)")
