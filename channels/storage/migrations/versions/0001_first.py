"""The first tables of the channels. They need the engine's, for the workspace."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    _channel_account()
    _customer()
    _conversation()
    _identity()
    _mention()
    _reply()


def _channel_account() -> None:
    op.create_table(
        "channel_account",
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("handle", sa.String(length=255), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("last_success_at", Moment, nullable=True),
        sa.Column("last_mention_at", Moment, nullable=True),
        sa.Column("next_poll_at", Moment, nullable=True),
        sa.Column("poll_seconds", sa.Double(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_channel_account_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_account")),
        sa.UniqueConstraint(
            "workspace_id",
            "channel",
            "handle",
            name=op.f("uq_channel_account_workspace_id_channel_handle"),
        ),
    )


def _customer() -> None:
    op.create_table(
        "customer",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tier", sa.String(length=16), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.CheckConstraint("tier IN ('standard', 'vip')", name=op.f("ck_customer_tier_known")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_customer_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )


def _conversation() -> None:
    op.create_table(
        "conversation",
        sa.Column("account_id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("last_at", Moment, nullable=False),
        sa.Column("last_text", sa.String(), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["channel_account.id"], name=op.f("fk_conversation_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_conversation_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_conversation_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("account_id", "thread", name=op.f("uq_conversation_account_id_thread")),
    )
    op.create_index(
        "ix_conversation_customer", "conversation", ["customer_id", "last_at"], unique=False
    )


def _identity() -> None:
    op.create_table(
        "identity",
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_identity_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_identity_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity")),
        sa.UniqueConstraint(
            "workspace_id",
            "channel",
            "external_id",
            name=op.f("uq_identity_workspace_id_channel_external_id"),
        ),
    )
    op.create_index("ix_identity_customer", "identity", ["customer_id"], unique=False)


def _mention() -> None:
    op.create_table(
        "mention",
        sa.Column("account_id", Id, nullable=False),
        sa.Column("conversation_id", Id, nullable=False),
        sa.Column("identity_id", Id, nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("received_at", Moment, nullable=False),
        sa.Column("in_reply_to", sa.String(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("sentiment", sa.Double(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["channel_account.id"], name=op.f("fk_mention_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_mention_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("fk_mention_identity_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_mention_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
        sa.UniqueConstraint(
            "account_id", "external_id", name=op.f("uq_mention_account_id_external_id")
        ),
    )
    op.create_index(
        "ix_mention_conversation", "mention", ["conversation_id", "created_at", "id"], unique=False
    )


def _reply() -> None:
    op.create_table(
        "reply",
        sa.Column("conversation_id", Id, nullable=True),
        sa.Column("account_id", Id, nullable=True),
        sa.Column("job_id", Id, nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("approved_digest", sa.String(length=64), nullable=True),
        sa.Column("in_reply_to", sa.String(), nullable=True),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("due_at", Moment, nullable=True),
        sa.Column("sending_at", Moment, nullable=True),
        sa.Column("sent_at", Moment, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("inquiries", sa.Integer(), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.CheckConstraint(
            "status IN ('approved', 'sending', 'sent', 'refused', 'retryable', 'unknown')",
            name=op.f("ck_reply_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["channel_account.id"], name=op.f("fk_reply_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_reply_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_reply_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint(
            "account_id", "external_id", name=op.f("uq_reply_account_id_external_id")
        ),
        sa.UniqueConstraint(
            "workspace_id", "idempotency_key", name=op.f("uq_reply_workspace_id_idempotency_key")
        ),
    )
    op.create_index("ix_reply_conversation", "reply", ["conversation_id", "id"], unique=False)
    op.create_index("ix_reply_job", "reply", ["job_id"], unique=False)
    op.create_index(
        "ix_reply_status_due", "reply", ["workspace_id", "status", "due_at"], unique=False
    )
