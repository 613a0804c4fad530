"""What an instance still waits for is found at once, however much of it is done already."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Let the indexes of an instance's user tasks and jobs tell those that are open."""
    for table in ("user_task", "job"):
        op.drop_index(f"ix_{table}_instance", table)
        op.create_index(f"ix_{table}_instance", table, ["instance_id", "status"], unique=False)
