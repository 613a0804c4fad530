"""``corral tasks``: the user tasks that wait for somebody."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.bootstrap import read_engine
from webapp.commands.options import data_option, format_option, settings_with
from webapp.commands.printing import print_json, print_table


@click.command("tasks")
@data_option
@click.option("--queue", metavar="NAME", help="Only this queue.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@format_option
def command(data: Path | None, queue: str | None, limit: int, form: str) -> None:
    """List open user tasks, soonest due first."""
    with read_engine(settings_with(data=data)) as engine:
        found = engine.user_tasks(queue=queue, limit=limit)
    if form == "json":
        print_json({"tasks": found})
        return
    rows = [
        (t.id, t.queue, t.name or t.element, t.business_key, t.priority, t.due, t.claimed_by)
        for t in found
    ]
    heads = ("id", "queue", "user task", "business key", "prio", "due", "claimed by")
    print_table(heads, rows, empty="No open user task.")
