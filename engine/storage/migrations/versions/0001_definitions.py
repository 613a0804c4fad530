"""Workspaces, deployments and what they made current."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    _workspace()
    _deployment()
    _resource()
    _definition()
    _message_start()
    _form()


def _workspace() -> None:
    op.create_table(
        "workspace",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspace")),
        sa.UniqueConstraint("key", name=op.f("uq_workspace_key")),
    )


def _deployment() -> None:
    op.create_table(
        "deployment",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("deployed_at", Moment, nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_deployment_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
    )
    op.create_index(
        "ix_deployment_workspace_digest", "deployment", ["workspace_id", "digest"], unique=False
    )


def _resource() -> None:
    op.create_table(
        "resource",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("deployment_id", Id, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_resource_deployment_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_resource_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
    )
    op.create_index("ix_resource_deployment", "resource", ["deployment_id"], unique=False)


def _definition() -> None:
    op.create_table(
        "definition",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("deployment_id", Id, nullable=False),
        sa.Column("resource_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("startable", sa.Boolean(), nullable=False),
        sa.Column("none_start", sa.Boolean(), nullable=False),
        sa.Column("elements", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_definition_deployment_id")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_definition_resource_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_definition_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition")),
        sa.UniqueConstraint(
            "workspace_id",
            "kind",
            "key",
            "version",
            name=op.f("uq_definition_workspace_id_kind_key_version"),
        ),
    )


def _message_start() -> None:
    op.create_table(
        "message_start",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("definition_id", Id, nullable=False),
        sa.Column("definition_key", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["definition.id"], name=op.f("fk_message_start_definition_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_message_start_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_start")),
    )
    op.create_index(
        "ix_message_start_workspace_message",
        "message_start",
        ["workspace_id", "message"],
        unique=False,
    )


def _form() -> None:
    op.create_table(
        "form",
        sa.Column("id", Id, nullable=False),
        sa.Column("workspace_id", Id, nullable=False),
        sa.Column("deployment_id", Id, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("schema", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_form_deployment_id")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspace.id"], name=op.f("fk_form_workspace_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form")),
    )
    op.create_index("ix_form_workspace_key", "form", ["workspace_id", "key"], unique=False)
