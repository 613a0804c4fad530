"""The registry of the engine's tables and the columns that all of them share."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from engine.storage.types import Id, UtcDateTime

#: Names of constraints are spelled out, so that migrations can name them on every database.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Table(DeclarativeBase):
    """A table of the engine."""

    metadata = metadata


class Owned:
    """Columns of every table but ``workspace`` itself."""

    id: Mapped[int] = mapped_column(Id, primary_key=True, sort_order=-9)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey("workspace.id"), sort_order=-8)


class OfInstance(Owned):
    """Columns of every row that belongs to a process instance."""

    instance_id: Mapped[int] = mapped_column(
        Id, ForeignKey("instance.id", ondelete="CASCADE"), sort_order=-7
    )


class Waiting(OfInstance):
    """Columns of every row that stands for a wait; ``(instance, token, slot)`` names the wait."""

    token: Mapped[int] = mapped_column(sort_order=-6)
    slot: Mapped[int] = mapped_column(sort_order=-5)


class WorkItem(Waiting):
    """Columns of what somebody does: its rows stay, and its name may be another in each."""

    #: BPMN id, and the name in the drawing or what a title was computed to.
    element: Mapped[str] = mapped_column(sort_order=-4)
    element_name: Mapped[str | None] = mapped_column(sort_order=-3)


class Occurrence(Waiting):
    """Columns of what is waited for until it happens: an instance has several all its life.

    So texts of the drawing are numbers of :class:`TermRow`, and a workspace is as short as these,
    which saves a fifth of an index. The wide columns come first, for PostgreSQL stores them without
    gaps.
    """

    workspace_id: Mapped[int] = mapped_column(Integer, ForeignKey("workspace.id"), sort_order=-6)
    since: Mapped[datetime] = mapped_column(UtcDateTime, sort_order=-7)
    #: BPMN id, and the name in the drawing.
    element: Mapped[int] = mapped_column(sort_order=-4)
    element_name: Mapped[int | None] = mapped_column(sort_order=-3)
