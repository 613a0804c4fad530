"""Tables of workspaces, deployments and what they made current. Rows are never deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.storage.tables.registry import Owned, Table
from engine.storage.types import Id, Payload, UtcDateTime


class WorkspaceRow(Table):
    """One client brand."""

    __tablename__ = "workspace"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    #: IANA name, such as ``"Europe/Vienna"``.
    zone: Mapped[str] = mapped_column(String(64))


class DeploymentRow(Owned, Table):
    """One act of making definitions current."""

    __tablename__ = "deployment"
    __table_args__ = (Index("ix_deployment_workspace_digest", "workspace_id", "digest"),)

    #: SHA-256 over the names and contents of all files: the same again is no new version.
    digest: Mapped[str] = mapped_column(String(64))
    deployed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Login of the person; NULL when a program did it.
    by: Mapped[str | None]


class ResourceRow(Owned, Table):
    """One file of a deployment, byte for byte as it came, with what was found in it."""

    __tablename__ = "resource"
    __table_args__ = (Index("ix_resource_deployment", "deployment_id"),)

    deployment_id: Mapped[int] = mapped_column(Id, ForeignKey("deployment.id"))
    name: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(Payload)


class DefinitionRow(Owned, Table):
    """One version of one process or decision. What it runs never changes: instances rely on it."""

    __tablename__ = "definition"
    __table_args__ = (UniqueConstraint("workspace_id", "kind", "key", "version"),)

    deployment_id: Mapped[int] = mapped_column(Id, ForeignKey("deployment.id"))
    resource_id: Mapped[int] = mapped_column(Id, ForeignKey("resource.id"))
    kind: Mapped[str] = mapped_column(String(16))
    key: Mapped[str]
    #: Counts up from 1 for each kind and key.
    version: Mapped[int]
    name: Mapped[str]
    #: False for a draft: shown, but not used for new instances.
    startable: Mapped[bool]
    #: Whether it has a start event that waits for nothing.
    none_start: Mapped[bool]
    #: ``[{"id", "name", "kind"}]``, and ``"asks"`` where known; for pages that must not compile it.
    elements: Mapped[list[dict[str, Any]]] = mapped_column(Payload)
    #: What its designer calls the version; calls and business rule tasks may be bound to it.
    version_tag: Mapped[str | None]


class DictionaryRow(Owned, Table):
    """What states and histories of one version are packed with. Never changed: they rely on it."""

    __tablename__ = "dictionary"
    __table_args__ = (UniqueConstraint("definition_id"),)

    definition_id: Mapped[int] = mapped_column(Id, ForeignKey("definition.id"))
    #: Of Zstandard, see :mod:`engine.packing`.
    content: Mapped[bytes] = mapped_column(LargeBinary)


class MessageStartRow(Owned, Table):
    """A message start event of the newest startable version of a process; replaced with it."""

    __tablename__ = "message_start"
    # Correlation asks for «who starts on these names» once a page of messages.
    __table_args__ = (Index("ix_message_start_workspace_message", "workspace_id", "message"),)

    definition_id: Mapped[int] = mapped_column(Id, ForeignKey("definition.id"))
    definition_key: Mapped[str]
    message: Mapped[str]
    element: Mapped[str]


class SignalStartRow(Owned, Table):
    """A signal start event of the newest startable version of a process; replaced with it."""

    __tablename__ = "signal_start"
    __table_args__ = (Index("ix_signal_start_workspace_signal", "workspace_id", "signal"),)

    definition_id: Mapped[int] = mapped_column(Id, ForeignKey("definition.id"))
    definition_key: Mapped[str]
    signal: Mapped[str]
    element: Mapped[str]


class ConditionStartRow(Owned, Table):
    """A conditional start event of the newest startable version of a process."""

    __tablename__ = "condition_start"
    __table_args__ = (Index("ix_condition_start_workspace", "workspace_id", "definition_key"),)

    definition_id: Mapped[int] = mapped_column(Id, ForeignKey("definition.id"))
    definition_key: Mapped[str]
    element: Mapped[str]


class TimerStartRow(Owned, Table):
    """A timer start event of the newest startable version. Deleted when it fired for the last time.

    A new version keeps the row of a start event that says the same, so that a rhythm goes on.
    """

    __tablename__ = "timer_start"
    __table_args__ = (
        UniqueConstraint("workspace_id", "definition_key", "element", "slot"),
        # The pump asks for the earliest, of all workspaces and of one.
        Index("ix_timer_start_due_at", "due_at"),
        Index("ix_timer_start_workspace_due_at", "workspace_id", "due_at"),
    )

    definition_id: Mapped[int] = mapped_column(Id, ForeignKey("definition.id"))
    definition_key: Mapped[str]
    element: Mapped[str]
    slot: Mapped[int]
    #: Text, zone and calendar: ``{"text", "zone", "calendar"}``.
    schedule: Mapped[dict[str, Any]] = mapped_column(Payload)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: How often it still fires, this time included; NULL: without end.
    remaining: Mapped[int | None]
    #: What its rhythm is counted from, and how many firings came before.
    anchor: Mapped[datetime | None] = mapped_column(UtcDateTime)
    beat: Mapped[int]


class FormRow(Owned, Table):
    """One version of a form."""

    __tablename__ = "form"
    __table_args__ = (Index("ix_form_workspace_key", "workspace_id", "key"),)

    deployment_id: Mapped[int] = mapped_column(Id, ForeignKey("deployment.id"))
    key: Mapped[str]
    #: form-js JSON.
    form: Mapped[dict[str, Any]] = mapped_column("schema", Payload)
