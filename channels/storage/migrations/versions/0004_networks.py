"""What real networks need: credentials of an account. What is stored stays as it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; no account has credentials yet."""
    op.add_column("channel_account", sa.Column("sealed", sa.LargeBinary(), nullable=True))
