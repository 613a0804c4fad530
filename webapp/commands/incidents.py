"""``corral incidents``: the stops that an operator must resolve."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.bootstrap import read_engine
from webapp.commands.options import data_option, format_option, settings_with
from webapp.commands.printing import print_json, print_table


@click.command("incidents")
@data_option
@click.option("--all", "everything", is_flag=True, help="The resolved ones too.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@format_option
def command(data: Path | None, *, everything: bool, limit: int, form: str) -> None:
    """List incidents, newest first: what happened, where, and what to do."""
    with read_engine(settings_with(data=data)) as engine:
        found = engine.incidents(open_only=not everything, limit=limit)
    if form == "json":
        print_json({"incidents": found})
        return
    rows = [(i.id, i.instance_id, i.key, i.element, i.created_at, i.what, i.cure) for i in found]
    heads = ("id", "instance", "process", "element", "since", "what", "cure")
    print_table(heads, rows, empty="No incident.")
