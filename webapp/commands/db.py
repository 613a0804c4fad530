"""``corral db``: the state of the database's tables."""

from __future__ import annotations

from pathlib import Path

import click

from engine.waking import wakeups
from webapp.bootstrap import holding, opened
from webapp.commands.options import data_option, format_option, settings_with
from webapp.commands.printing import print_json, printable
from webapp.data_dir import DataDirectoryError
from webapp.databases import check_sqlite, connected, versions
from webapp.settings import DATABASE_FILE, Settings

#: What each standing means to whoever asks.
_SAID = {
    "none": "has no tables yet",
    "older": "is older than this program; run: corral db upgrade",
    "current": "is up to date",
    "newer": "is newer than this program; install the version that wrote it",
}


@click.group("db")
def command() -> None:
    """Look after the database."""


@command.command("upgrade")
@data_option
def upgrade(data: Path | None) -> None:
    """Bring the tables up to this version of Corral; doing it twice changes nothing.

    Make a backup first, for there is no way back, and stop Corral.
    """
    settings = settings_with(data=data)
    with holding(settings), opened(settings) as installation:
        if not settings.on_sqlite:
            wakeups.prepare(installation.engine.storage.address())
        click.echo("The database is up to date.")


@command.command("status")
@data_option
@format_option
@click.pass_context
def status(ctx: click.Context, data: Path | None, form: str) -> None:
    """Tell whether the tables are those of this version, and who is connected.

    Nothing is changed. Exits 1 when they are not.
    """
    settings = settings_with(data=data)
    _expect_database(settings)
    found, others = versions(settings.url), connected(settings.url)
    if form == "json":
        print_json({"tables": found, "connected": others})
    else:
        for name, standing in found.items():
            click.echo(f"{name:<9} {_SAID[standing]}")
        if others:
            click.echo(f"connected {printable(', '.join(others))} (host:process)")
    ctx.exit(0 if set(found.values()) == {"current"} else 1)


@command.command("check")
@data_option
@format_option
@click.pass_context
def check(ctx: click.Context, data: Path | None, form: str) -> None:
    """Look through a SQLite database for damage, and for rows that PostgreSQL would refuse.

    Nothing is changed; writers wait meanwhile. Exits 1 when something is found.
    """
    settings = settings_with(data=data)
    if not settings.on_sqlite:
        raise DataDirectoryError(
            "A database server is checked with its own tools, such as pg_amcheck. See "
            "docs/operating/repairing.md."
        )
    _expect_database(settings)
    found = check_sqlite(settings.data / DATABASE_FILE)
    if form == "json":
        print_json({"damage": found.damage, "faults": found.faults})
    elif found.damage or found.faults:
        for line in (*found.damage, *map(str, found.faults)):
            click.echo(printable(line))
        click.echo("What to do: docs/operating/repairing.md", err=True)
    else:
        click.echo("The database is whole; every row could be moved to PostgreSQL.")
    ctx.exit(1 if found.damage or found.faults else 0)


def _expect_database(settings: Settings) -> None:
    if settings.on_sqlite and not (settings.data / DATABASE_FILE).is_file():
        raise DataDirectoryError(f"There is no Corral database in {settings.data}. Check --data.")
