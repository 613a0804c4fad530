"""``corral worker``: processes, timers and channels; any number share one PostgreSQL database."""

from __future__ import annotations

import os

import click

from engine.collecting import settle
from webapp import bootstrap, logs
from webapp.cli import RefusedError
from webapp.commands.options import settings_with
from webapp.commands.starting import expect_credentials_key, expect_postgresql
from webapp.monitoring.listener import answering
from webapp.serving import PortTakenError, until_told_to_stop

#: Where the processor is short, people who wait for a page come first: a worker gives way so far.
GIVING_WAY = 5


@click.command("worker")
def command() -> None:
    """Run the processes, the timers and the channels; pages are served by 'corral web'.

    Start as many as you like, on any hosts, with the same CORRAL_DATABASE_URL: they share the
    work, and the others take over from one that dies. Ctrl-C stops it; what is running is
    finished first.
    """
    settings = settings_with()
    expect_postgresql(settings, "worker")
    expect_credentials_key(settings)
    logs.set_up(settings.log_level, settings.log_format)
    os.nice(GIVING_WAY)
    worker = bootstrap.build_worker(settings)
    try:
        with until_told_to_stop() as wait:
            worker.start()
            settle()
            with answering(worker.installation.rooms.monitor, settings) as port:
                click.echo("This worker runs. Ctrl-C stops it.")
                if port is not None:
                    click.echo(
                        f"It answers /health/ready and /metrics on {settings.host} port {port}."
                    )
                wait()
    except PortTakenError as taken:
        raise RefusedError(f"{taken} Or set CORRAL_WORKER_PORT.") from None
    finally:
        worker.stop()
