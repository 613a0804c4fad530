"""``corral instances``: what runs."""

from __future__ import annotations

from pathlib import Path

import click

from engine.instances import InstanceFilter, InstanceStatus
from webapp.bootstrap import read_engine
from webapp.commands.options import data_option, format_option, settings_with
from webapp.commands.printing import print_json, print_table


@click.command("instances")
@data_option
@click.option("--process", metavar="KEY", help="Only instances of this definition.")
@click.option(
    "--status", type=click.Choice([status.value for status in InstanceStatus]), help="Only these."
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@format_option
def command(
    data: Path | None, process: str | None, status: str | None, limit: int, form: str
) -> None:
    """List process instances, newest first."""
    where = InstanceFilter(key=process, status=InstanceStatus(status) if status else None)
    with read_engine(settings_with(data=data)) as engine:
        found = engine.instances(where, limit=limit)
    if form == "json":
        print_json({"instances": found})
        return
    rows = [
        (i.id, i.key, i.version, i.business_key, i.status, i.started_at, i.next_due, i.incidents)
        for i in found
    ]
    heads = ("id", "process", "version", "business key", "status", "started", "next due", "inc.")
    print_table(heads, rows, empty="No instance. Start one, or replay a recording.")
