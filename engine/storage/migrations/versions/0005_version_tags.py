"""Version tags: what designers call a version of a process or decision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the column; versions that are there have no tag."""
    op.add_column("definition", sa.Column("version_tag", sa.String(), nullable=True))
