"""Who works on an account or a reply at the moment, and until when. What is stored stays as it is.

A reply that is found in ``sending`` has no lease after this: its sender ended before the upgrade.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns; nobody works on anything at this moment."""
    op.add_column("channel_account", sa.Column("leased_by", sa.String(length=80), nullable=True))
    op.add_column("channel_account", sa.Column("leased_until", Moment, nullable=True))
    op.add_column("reply", sa.Column("leased_until", Moment, nullable=True))
