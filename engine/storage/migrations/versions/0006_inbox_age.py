"""Since when an event waits in the inbox: what waits too long is what an operator must hear of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the column; what waits already is as old as this migration."""
    # SQLite adds no column whose default is the present, so the table, a short one, is made anew.
    with op.batch_alter_table("inbox") as table:
        table.add_column(
            sa.Column("added_at", Moment, nullable=False, server_default=sa.func.now())
        )
