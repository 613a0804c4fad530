"""Where people are kept: the only place of the web application that imports SQLAlchemy."""

from __future__ import annotations

from pathlib import Path

#: Folder of the migrations, and the table that keeps how far they have run.
MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "webapp_version"
