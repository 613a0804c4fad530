"""The registry of the engine's tables and the columns that all of them share."""

from __future__ import annotations

from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from engine.storage.types import Id

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
    #: BPMN id, and the name in the drawing.
    element: Mapped[str] = mapped_column(sort_order=-4)
    element_name: Mapped[str | None] = mapped_column(sort_order=-3)
