"""``corral db``: the state of the database's tables."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.bootstrap import opened
from webapp.commands.options import data_option, settings_with


@click.group("db")
def command() -> None:
    """Look after the database."""


@command.command("upgrade")
@data_option
def upgrade(data: Path | None) -> None:
    """Bring the tables up to this version of Corral; doing it twice changes nothing.

    Make a copy first: there is no way back.
    """
    with opened(settings_with(data=data)):
        click.echo("The database is up to date.")
