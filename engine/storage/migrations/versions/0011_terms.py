"""Timers and subscriptions name elements, messages and signals by numbers, as histories do."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)
#: Characters of a text that is found by an index; names of elements may be longer.
LONGEST = 255
#: Columns that hold texts until now.
TEXTS = (
    ("timer", "element"),
    ("timer", "element_name"),
    ("subscription", "element"),
    ("subscription", "element_name"),
    ("subscription", "name"),
)


def upgrade() -> None:
    """Number the texts, and make the two tables anew, the wide columns first."""
    _term()
    _again("timer", [sa.Column("due_at", Moment, nullable=False)], [], ("due_at", "since"))
    last = [
        sa.Column("name", sa.Integer(), nullable=False),
        sa.Column("signal", sa.Boolean(), nullable=False),
        sa.Column("correlation_key", sa.String(), nullable=True),
    ]
    _again("subscription", [], last, ("since", "signal", "correlation_key"))
    op.create_index("ix_timer_due_at", "timer", ["due_at"], unique=False)
    op.create_index(
        "ix_subscription_workspace_name_key",
        "subscription",
        ["workspace_id", "name", "correlation_key"],
        unique=False,
    )
    for table in ("timer", "subscription"):
        columns = ["workspace_id", "element", "instance_id"]
        op.create_index(f"ix_{table}_element", table, columns, unique=False)
        if _postgresql():
            op.execute(f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.05)")
    if _postgresql():
        # The first minutes would go by without, and queries through whole tables.
        op.execute("ANALYZE term, timer, subscription, history")


def _postgresql() -> bool:
    return bool(op.get_bind().dialect.name == "postgresql")


def _term() -> None:
    op.create_table(
        "term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sa.UniqueConstraint("text", name=op.f("uq_term_text")),
    )
    # Histories hold these numbers already.
    op.execute("INSERT INTO term (id, text) SELECT id, name FROM element ORDER BY id")
    _count_on("term")
    op.drop_table("element")
    for table, column in TEXTS:
        op.execute(
            f"INSERT INTO term (text) SELECT DISTINCT substr({column}, 1, {LONGEST}) "  # noqa: S608
            f"FROM {table} WHERE {column} IS NOT NULL AND substr({column}, 1, {LONGEST}) "
            "NOT IN (SELECT text FROM term) ORDER BY 1"
        )


def _again(
    table: str,
    first: list[Any],
    last: list[Any],
    as_is: tuple[str, ...],
) -> None:
    """Make a table anew and copy what is there; ``as_is`` names what is no text of a diagram."""
    before = f"{table}_before"
    op.execute(f"ALTER TABLE {table} RENAME TO {before}")
    if _postgresql():
        # Names of constraints and indexes belong to the whole schema.
        op.drop_constraint(f"uq_{table}_instance_id_token_slot", before, type_="unique")
    identity = [sa.Identity()] if _postgresql() else []
    op.create_table(
        table,
        sa.Column("id", Id, *identity, nullable=False),
        sa.Column("instance_id", Id, nullable=False),
        *first,
        sa.Column("since", Moment, nullable=False),
        sa.Column("workspace_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("element", sa.Integer(), nullable=False),
        sa.Column("element_name", sa.Integer(), nullable=True),
        *last,
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["instance.id"],
            name=op.f(f"fk_{table}_instance_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f(f"fk_{table}_workspace_id")
        ),
        *([] if _postgresql() else [sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]),
        sa.UniqueConstraint(
            "instance_id", "token", "slot", name=op.f(f"uq_{table}_instance_id_token_slot")
        ),
    )
    _copy(table, before, as_is)
    op.drop_table(before)
    if _postgresql():
        _count_on(table)


def _copy(table: str, before: str, as_is: tuple[str, ...]) -> None:
    texts = [column for of, column in TEXTS if of == table]
    same = ("id", "workspace_id", "instance_id", "token", "slot", *as_is)
    numbers = [f"{column}_term.id" for column in texts]
    joins = " ".join(
        f"LEFT JOIN term {column}_term ON {column}_term.text = substr(b.{column}, 1, {LONGEST})"
        for column in texts
    )
    op.execute(
        f"INSERT INTO {table} ({', '.join((*same, *texts))}) "  # noqa: S608 - names of ours
        f"SELECT {', '.join([*(f'b.{column}' for column in same), *numbers])} "
        f"FROM {before} b {joins} ORDER BY b.id"
    )


def _count_on(table: str) -> None:
    if _postgresql():
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest(max(id), 1), "  # noqa: S608
            f"max(id) IS NOT NULL) FROM {table}"
        )
