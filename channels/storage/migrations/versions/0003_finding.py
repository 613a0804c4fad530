"""Lists and searches that are as fast with a million customers as with a hundred."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"

#: Every one, two and three letters in a row, in lower case.
_GRAMS = """
CREATE FUNCTION corral_grams(value text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT substr(lower(value), start, size)), '{}')
  FROM generate_series(1, 3) AS size, generate_series(1, length(value) - size + 1) AS start
$$
"""


def upgrade() -> None:
    """Create the indexes of lists; and on PostgreSQL those of names and handles."""
    op.create_index("ix_customer_workspace", "customer", ["workspace_id", "id"])
    op.create_index("ix_identity_workspace", "identity", ["workspace_id", "customer_id"])
    op.create_index("ix_mention_identity", "mention", ["identity_id", "conversation_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_GRAMS)
        for table, column in (("customer", "name"), ("identity", "handle")):
            op.execute(
                f"CREATE INDEX ix_{table}_{column}_grams ON {table} "
                f"USING gin (corral_grams({column}))"
            )
