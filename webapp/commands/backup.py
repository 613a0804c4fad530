"""``corral backup``: a copy of an installation on SQLite, while it runs."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.backups import back_up_installation
from webapp.commands.options import data_option, format_option, settings_with
from webapp.commands.printing import print_json


@click.command("backup")
@click.argument("to", type=click.Path(path_type=Path))
@data_option
@format_option
def command(to: Path, data: Path | None, form: str) -> None:
    """Copy database and secret key to the new folder TO, and check the copy.

    Corral may run meanwhile. The folder is a data directory again: to restore, stop Corral and put
    it in place of the old one.
    """
    size = back_up_installation(settings_with(data=data), to)
    if form == "json":
        print_json({"to": str(to.absolute()), "bytes": size, "checked": True})
    else:
        click.echo(
            f"Backed up to {to} ({size / 1e6:.1f} MB), checked. Whoever reads it reads what "
            f"customers wrote, and can forge sessions.\nTo look at it: corral db check --data {to}"
        )
