"""``corral run``: everything in one place, until it is told to stop."""

from __future__ import annotations

from pathlib import Path

import click

from webapp import bootstrap, logs
from webapp.commands.options import data_option, settings_with
from webapp.commands.starting import expect_credentials_key, listener_of, prepared, welcome
from webapp.serving import serve


@click.command("run")
@data_option
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="0: any free one.  [default: 8000]")
@click.option("--demo", is_flag=True, help="Seed a workspace with people and a lively network.")
def command(data: Path | None, host: str | None, port: int | None, *, demo: bool) -> None:
    """Run the pages, the API, the processes and the channels.

    Ctrl-C stops it; what is running is finished first. On PostgreSQL it may stand beside any
    number of others, and of 'corral web' and 'corral worker'.
    """
    settings = settings_with(data=data, host=host, port=port)
    if not demo:
        expect_credentials_key(settings)
    logs.set_up(settings.log_level, settings.log_format)
    with bootstrap.holding(settings):
        listener = listener_of(settings)
        anybody = prepared(settings, demo=demo)
        click.echo(welcome(settings, listener.getsockname()[1], anybody=anybody, demo=demo))
        serve(listener, settings, lambda: bootstrap.build(settings))
