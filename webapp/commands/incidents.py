"""``corral incidents``: the stops that an operator must resolve."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.bootstrap import opened, read_engine
from webapp.commands.options import data_option, format_option, settings_with
from webapp.commands.printing import print_json, print_table
from webapp.settings import Settings

#: Who resolved an incident, where a person would stand.
_US = "corral incidents"


@click.command("incidents")
@data_option
@click.option("--all", "everything", is_flag=True, help="The resolved ones too.")
@click.option(
    "--retry",
    "retried",
    type=int,
    multiple=True,
    metavar="ID",
    help="Go on where this incident stopped an instance; once for each of several.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@format_option
def command(
    data: Path | None, *, everything: bool, retried: tuple[int, ...], limit: int, form: str
) -> None:
    """List incidents, newest first: what happened, where, and what to do.

    With --retry, mend the cause first: what fails again is an incident again.
    """
    settings = settings_with(data=data)
    if retried:
        _retry(settings, retried)
    with read_engine(settings) as engine:
        found = engine.incidents(open_only=not everything, limit=limit)
    if form == "json":
        print_json({"incidents": found})
        return
    rows = [(i.id, i.instance_id, i.key, i.element, i.created_at, i.what, i.cure) for i in found]
    heads = ("id", "instance", "process", "element", "since", "what", "cure")
    print_table(heads, rows, empty="No incident.")


def _retry(settings: Settings, ids: tuple[int, ...]) -> None:
    with opened(settings) as installation:
        for id in ids:
            found = installation.engine.resolve(id, by=_US)
            said = f"Instance {found.instance_id} goes on at {found.element}."
            click.echo(said, err=True)
