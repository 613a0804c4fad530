"""Dictionaries of definition versions, numbers of elements, and histories that take less space."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
#: What happened, by the number it is stored as from now on.
WHATS = (
    *("started", "entered", "completed", "cancelled", "claimed"),
    *("released", "retried", "incident", "resolved", "ended"),
)


def upgrade() -> None:
    """Create the dictionaries, make the history anew, and drop what no query uses."""
    _dictionary()
    _element()
    _history()
    # The pump goes through the timers of all workspaces in the order in which they are due.
    op.drop_index("ix_timer_workspace_due_at", "timer")


def _dictionary() -> None:
    op.create_table(
        "dictionary",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("definition_id", Id, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_dictionary_definition_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_dictionary_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dictionary")),
        sa.UniqueConstraint("definition_id", name=op.f("uq_dictionary_definition_id")),
    )


def _element() -> None:
    op.create_table(
        "element",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_element")),
        sa.UniqueConstraint("name", name=op.f("uq_element_name")),
    )
    op.execute(
        "INSERT INTO element (name) "
        "SELECT DISTINCT element FROM history WHERE element IS NOT NULL ORDER BY element"
    )


def _history() -> None:
    """Make the table anew, the wide columns first, and copy what is there.

    On PostgreSQL ``id`` has no index: rows are only ever inserted, and found by their instance.
    Such an index would take as much as a third of the rows.
    """
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.execute("ALTER TABLE history RENAME TO history_before")
    op.create_table(
        "history",
        sa.Column("id", Id, *([sa.Identity()] if postgresql else []), nullable=False),
        sa.Column("instance_id", Id, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("element", sa.Integer(), nullable=True),
        sa.Column("what", sa.SmallInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("detail", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["instance.id"],
            name=op.f("fk_history_instance_id"),
            ondelete="CASCADE",
        ),
        *([] if postgresql else [sa.PrimaryKeyConstraint("id", name=op.f("pk_history"))]),
    )
    _copy_history(postgresql=postgresql)
    op.drop_table("history_before")
    op.create_index("ix_history_instance_id", "history", ["instance_id"], unique=False)


def _copy_history(*, postgresql: bool) -> None:
    codes = " ".join(f"WHEN '{what}' THEN {number}" for number, what in enumerate(WHATS, 1))
    detail = "convert_to(h.detail, 'UTF8')" if postgresql else "CAST(h.detail AS BLOB)"
    op.execute(
        'INSERT INTO history (id, instance_id, at, element, what, "by", detail) '  # noqa: S608
        f'SELECT h.id, h.instance_id, h.at, e.id, CASE h.what {codes} END, h."by", {detail} '
        "FROM history_before h LEFT JOIN element e ON e.name = h.element ORDER BY h.id"
    )
    if postgresql:
        op.execute(
            "SELECT setval(pg_get_serial_sequence('history', 'id'), greatest(max(id), 1), "
            "max(id) IS NOT NULL) FROM history"
        )
