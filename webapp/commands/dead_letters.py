"""``corral channels dead-letters``: replies that did not arrive, calls not understood."""

from __future__ import annotations

from pathlib import Path

import click

from webapp.bootstrap import opened, read
from webapp.commands.options import data_option, format_option, settings_with
from webapp.commands.printing import print_json, print_table
from webapp.settings import Settings

#: Who decided, where a person would stand.
_US = "corral channels dead-letters"


@click.command("dead-letters")
@data_option
@click.option("--workspace", metavar="KEY", help="Default: the first workspace.")
@click.option("--all", "everything", is_flag=True, help="The finished ones too.")
@click.option(
    "--again", type=int, multiple=True, metavar="ID", help="Send, or take, this one again."
)
@click.option("--drop", type=int, multiple=True, metavar="ID", help="Do nothing more about it.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@format_option
def dead_letters(
    data: Path | None,
    workspace: str | None,
    *,
    everything: bool,
    again: tuple[int, ...],
    drop: tuple[int, ...],
    limit: int,
    form: str,
) -> None:
    """List dead letters, newest first: what it is, how often it was tried, the last answer.

    A reply that is sent again is sent by the server, once and at once.
    """
    settings = settings_with(data=data)
    if again or drop:
        _decide(settings, workspace, again, drop)
    with read(settings) as installation:
        letters = installation.services(workspace).letters
        found = letters.listed(open_only=not everything, limit=limit)
    if form == "json":
        print_json({"dead_letters": found})
        return
    rows = [
        (
            one.id, one.direction, f"{one.channel}/{one.handle}", one.state, one.tries,
            one.last_at, one.why,
        )
        for one in found
    ]  # fmt: skip
    heads = ("id", "way", "account", "state", "tries", "last", "last answer")
    print_table(heads, rows, empty="No dead letter.")


def _decide(
    settings: Settings, workspace: str | None, again: tuple[int, ...], drop: tuple[int, ...]
) -> None:
    with opened(settings) as installation:
        letters = installation.services(workspace).letters
        for ids, act, word in ((again, letters.again, "again"), (drop, letters.drop, "dropped")):
            for id in ids:
                act(id, by=_US)
                click.echo(f"Dead letter {id}: {word}.", err=True)
