"""What real networks need: credentials of an account. What is stored stays as it is."""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns; no account has credentials yet."""
    op.add_column("channel_account", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    _replies_kept_back_and_in_parts()
    _rules_and_budgets()
    _what_comes_in()
    _what_it_costs()
    _files()
    _dead_letters()
    _notes()
    _addresses()


def _replies_kept_back_and_in_parts() -> None:
    """Replies that wait for a moment or a person, and answers in several parts."""
    for column in (
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_by", sa.String(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("series", sa.String(length=64), nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("parts", sa.Integer(), nullable=True),
        sa.Column("said", sa.String(length=64), nullable=True),
    ):
        op.add_column("reply", column)
    op.create_index("ix_reply_series", "reply", ["workspace_id", "series", "part"])
    op.create_index("ix_reply_said", "reply", ["said", "created_at"])


def _rules_and_budgets() -> None:
    """What people did with replies, what may be said, and how often a network may be called."""
    op.create_table(
        "reply_act",
        *_owned("reply_act"),
        _pointer("reply_act", "reply"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
    )
    op.create_index("ix_reply_act_reply", "reply_act", ["reply_id", "id"])
    op.create_table(
        "reply_policy",
        *_owned("reply_policy"),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.UniqueConstraint("workspace_id", name=op.f("uq_reply_policy_workspace_id")),
    )
    op.create_table(
        "channel_budget",
        *_owned("channel_budget"),
        _pointer("channel_budget", "account", of="channel_account"),
        sa.Column("bucket", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("resets_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint(
            "account_id", "bucket", name=op.f("uq_channel_budget_account_id_bucket")
        ),
    )


def _what_comes_in() -> None:
    """Mentions that change, people on several networks, complaints alike, and silence."""
    moment = sa.DateTime(timezone=True)
    added = {
        "channel_account": (
            sa.Column("heard_by", sa.String(length=80), nullable=True),
            sa.Column("heard_until", moment, nullable=True),
            sa.Column("gap", sa.Text(), nullable=True),
            sa.Column("rhythm", sa.Text(), nullable=True),
        ),
        "customer": (sa.Column("joined_into", Id, nullable=True),),
        "identity": (sa.Column("email", sa.String(), nullable=True),),
        "conversation": (sa.Column("cluster_id", Id, nullable=True),),
        "mention": (
            sa.Column("repost", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("edited_at", moment, nullable=True),
            sa.Column("deleted_at", moment, nullable=True),
        ),
    }
    for table, columns in added.items():
        for column in columns:
            op.add_column(table, column)
    op.execute("UPDATE identity SET email = lower(handle) WHERE channel = 'email'")
    op.create_index("ix_identity_email", "identity", ["workspace_id", "email"])
    op.create_index("ix_identity_handle", "identity", ["workspace_id", "handle"])
    op.create_index("ix_conversation_cluster", "conversation", ["cluster_id", "id"])
    _what_was_said_and_whose_it_is(moment)
    op.create_table(
        "cluster",
        *_owned("cluster"),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("last_at", moment, nullable=False),
    )
    op.create_index("ix_cluster_workspace", "cluster", ["workspace_id", "last_at"])


def _what_was_said_and_whose_it_is(moment: sa.DateTime) -> None:
    """Earlier words of mentions, and identities that agents gave to other customers."""
    op.create_table(
        "mention_text",
        *_owned("mention_text"),
        _pointer("mention_text", "mention"),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_index("ix_mention_text_mention", "mention_text", ["mention_id", "id"])
    op.create_table(
        "identity_move",
        *_owned("identity_move"),
        _pointer("identity_move", "identity"),
        *(
            sa.Column(
                name,
                Id,
                sa.ForeignKey("customer.id", name=op.f(f"fk_identity_move_{name}")),
                nullable=False,
            )
            for name in ("from_customer", "to_customer")
        ),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_index("ix_identity_move_identity", "identity_move", ["identity_id", "id"])


def _what_it_costs() -> None:
    """Costs of the calls of networks that take money, and what a network lets us answer."""
    op.add_column(
        "mention",
        sa.Column("answerable", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.add_column(
        "reply", sa.Column("hand_off", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "channel_cost",
        *_owned("channel_cost"),
        _pointer("channel_cost", "account", of="channel_account"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("micro_dollars", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint(
            "account_id",
            "day",
            "kind",
            "conversation_id",
            name=op.f("uq_channel_cost_account_id_day_kind_conversation_id"),
        ),
    )
    op.create_index("ix_channel_cost_conversation", "channel_cost", ["conversation_id"])


def _files() -> None:
    """Files that come with mentions, and that go out with replies."""
    op.create_table(
        "attachment",
        *_owned("attachment"),
        _pointer("attachment", "mention"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("mention_id", "number", name=op.f("uq_attachment_mention_id_number")),
    )
    # Those that go out with replies.
    op.add_column("reply", sa.Column("files", sa.Text(), nullable=True))
    op.create_table(
        "reply_file",
        *_owned("reply_file"),
        _pointer("reply_file", "conversation"),
        sa.Column("user_task_id", Id, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("alt", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bound", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_reply_file_conversation", "reply_file", ["conversation_id", "id"])


def _dead_letters() -> None:
    """Calls that were not understood, and replies that did not arrive."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "dead_letter",
        *_owned("dead_letter"),
        _pointer("dead_letter", "account", of="channel_account"),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column(
            "reply_id",
            Id,
            sa.ForeignKey("reply.id", name=op.f("fk_dead_letter_reply_id")),
            nullable=True,
        ),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_at", moment, nullable=False),
        sa.Column("last_at", moment, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("by_at", moment, nullable=True),
        sa.UniqueConstraint(
            "account_id",
            "direction",
            "external_id",
            name=op.f("uq_dead_letter_account_id_direction_external_id"),
        ),
    )
    op.create_index("ix_dead_letter_workspace", "dead_letter", ["workspace_id", "id"])
    op.create_index("ix_dead_letter_state", "dead_letter", ["workspace_id", "state", "id"])


def _notes() -> None:
    """What colleagues say to each other about a conversation, and where the team is told."""
    account = sa.ForeignKey("channel_account.id", name=op.f("fk_note_account_id"))
    op.create_table(
        "note",
        *_owned("note"),
        _pointer("note", "conversation"),
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("account_id", Id, account, nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_note_workspace_id_key")),
    )
    op.create_table(
        "note_text",
        *_owned("note_text"),
        _pointer("note_text", "note"),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_note_text_note", "note_text", ["note_id", "id"])
    op.create_index("ix_note_conversation", "note", ["conversation_id", "id"])
    op.add_column("reply", sa.Column("note_id", Id, nullable=True))
    op.create_index("ix_reply_note", "reply", ["note_id"])


def _addresses() -> None:
    """Give each account an address at which its network may call us."""
    op.add_column("channel_account", sa.Column("hook", sa.String(length=43), nullable=True))
    connection = op.get_bind()
    account = sa.table("channel_account", sa.column("id"), sa.column("hook"))
    for id in connection.scalars(sa.select(account.c.id)).all():
        hook = secrets.token_urlsafe(32)
        connection.execute(sa.update(account).where(account.c.id == id).values(hook=hook))
    with op.batch_alter_table("channel_account") as batch:
        batch.alter_column("hook", existing_type=sa.String(length=43), nullable=False)
        batch.create_unique_constraint(op.f("uq_channel_account_hook"), ["hook"])


def _owned(table: str) -> list[sa.Column[int]]:
    """Return the columns every table of the channels has."""
    return [
        sa.Column("id", Id, primary_key=True),
        _pointer(table, "workspace"),
    ]


def _pointer(table: str, name: str, *, of: str = "") -> sa.Column[int]:
    """Return a column that holds the id of another row."""
    key = sa.ForeignKey(f"{of or name}.id", name=op.f(f"fk_{table}_{name}_id"))
    return sa.Column(f"{name}_id", Id, key, nullable=False)
