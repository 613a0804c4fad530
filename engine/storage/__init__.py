"""The only place of the engine that imports SQLAlchemy: tables, transactions, queries, migrations.

Other rooms that keep rows in the same database use :func:`migrate` with their own folder of
migrations and their own version table, and write on ``UnitOfWork.connection``.
"""

from engine.storage.database import Database
from engine.storage.migrating import migrate, pending
from engine.storage.opening import MIGRATIONS, VERSION_TABLE, SqlStorage
from engine.storage.types import Id, Payload, UtcDateTime

__all__ = [
    "MIGRATIONS",
    "VERSION_TABLE",
    "Database",
    "Id",
    "Payload",
    "SqlStorage",
    "UtcDateTime",
    "migrate",
    "pending",
]
