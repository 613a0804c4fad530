"""``corral web``: pages and API alone; any number of them share one PostgreSQL database."""

from __future__ import annotations

from pathlib import Path

import click

from webapp import bootstrap, logs
from webapp.commands.options import data_option, settings_with
from webapp.commands.starting import (
    expect_credentials_key,
    expect_postgresql,
    listener_of,
    prepared,
    welcome,
)
from webapp.data_dir import SECRET_FILE
from webapp.serving import serve
from webapp.settings import Settings


@click.command("web")
@data_option
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="0: any free one.  [default: 8000]")
def command(data: Path | None, host: str | None, port: int | None) -> None:
    """Run the pages and the API; processes and channels are run by 'corral worker'.

    Start as many as you like, on any hosts, with the same CORRAL_DATABASE_URL and the same
    CORRAL_SECRET_KEY. Ctrl-C stops it; requests under way are finished first.
    """
    settings = settings_with(data=data, host=host, port=port)
    expect_postgresql(settings, "web")
    expect_credentials_key(settings)
    logs.set_up(settings.log_level, settings.log_format)
    listener = listener_of(settings)
    anybody = prepared(settings)
    port = listener.getsockname()[1]
    click.echo(welcome(settings, port, anybody=anybody, besides=_besides(settings)))
    serve(listener, settings, lambda: bootstrap.build(settings, works=False))


def _besides(settings: Settings) -> list[str]:
    told = ["Pages and API alone: 'corral worker' runs the processes and reads the channels."]
    if settings.secret_key is None:
        told += [
            f"Sessions are signed with the key in {settings.data / SECRET_FILE}. Where pages run",
            "on several hosts, set CORRAL_SECRET_KEY to the same for all of them: else people are",
            "logged out whenever another host answers.",
        ]
    return told
