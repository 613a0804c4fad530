"""The tables of the web application: people, and the API tokens they made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from engine.storage.tables import WorkspaceRow
from engine.storage.tables import metadata as engine_metadata
from engine.storage.types import Id, UtcDateTime

#: Constraints are named as in the engine, so that migrations can name them on every database.
metadata = MetaData(naming_convention=engine_metadata.naming_convention)


class Table(DeclarativeBase):
    """A table of the web application."""

    metadata = metadata


class PersonRow(Table):
    """Somebody who may log in.

    Rows are never deleted, because history names people by their login; who leaves is disabled.
    """

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_workspace", "workspace_id", "login"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    workspace_id: Mapped[int] = mapped_column(Id, ForeignKey(WorkspaceRow.__table__.c.id))
    #: Lower case, unique in the installation: logging in asks for no workspace.
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    #: Role names with a comma between, sorted.
    roles: Mapped[str] = mapped_column(String(100))
    #: Argon2id, with its salt and costs.
    password_hash: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    #: IANA name; empty means that of the workspace.
    zone: Mapped[str] = mapped_column(String(64), default="")
    locale: Mapped[str] = mapped_column(String(16), default="en")
    #: Counts up when all sessions of the person have to end.
    epoch: Mapped[int] = mapped_column(default=0)


class ApiTokenRow(Table):
    """A token with which a program acts as a person, until the person is disabled."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(Id, ForeignKey("person.id"), index=True)
    #: What the token is for, as the person wrote it.
    label: Mapped[str] = mapped_column(String(100))
    #: SHA-256 of the token, in hexadecimal. The token itself is not kept.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
