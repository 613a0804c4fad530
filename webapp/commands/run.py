"""``corral run``: everything in one place, until it is told to stop."""

from __future__ import annotations

from pathlib import Path

import click

from webapp import assets, bootstrap, logs, seeding
from webapp.bootstrap import Installation
from webapp.cli import RefusedError
from webapp.commands.options import data_option, settings_with
from webapp.data_dir import prepare, running_alone, secret_key
from webapp.serving import PortTakenError, listen, serve
from webapp.settings import Settings

#: Addresses that nobody but this machine reaches.
_OWN_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


@click.command("run")
@data_option
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="0: any free one.  [default: 8000]")
@click.option("--demo", is_flag=True, help="Seed a workspace with people and a lively network.")
def command(data: Path | None, host: str | None, port: int | None, *, demo: bool) -> None:
    """Run the pages, the API, the processes and the channels.

    Ctrl-C stops it; what is running is finished first.
    """
    settings = settings_with(data=data, host=host, port=port)
    logs.set_up(settings.log_level, settings.log_format)
    folder = prepare(settings.data)
    with running_alone(folder):
        try:
            listener = listen(settings.host, settings.port)
        except PortTakenError as taken:
            raise RefusedError(str(taken)) from None
        # Before the fork, so that a key or a database that cannot be used is one clear line.
        # Closed again, because connections must not be shared between processes.
        secret_key(folder)
        with bootstrap.opened(settings) as installation:
            anybody = _people(installation, demo=demo)
        click.echo(_welcome(settings, listener.getsockname()[1], demo=demo, anybody=anybody))
        serve(listener, settings, lambda: bootstrap.build(settings))


def _people(installation: Installation, *, demo: bool) -> bool:
    """Let the demo people in or keep them out; tell whether anybody can log in."""
    people, workspace = installation.rooms.people, installation.engine.workspace.key
    if demo:
        seeding.seed(installation)
        return True
    if shut := seeding.close_demo(people, workspace):
        click.echo(
            f"The demo logins ({', '.join(shut)}) are disabled: everybody knows their password. "
            "Run with --demo to have them back."
        )
    return any(person.active for person in people.of_workspace(workspace))


def _welcome(settings: Settings, port: int, *, demo: bool, anybody: bool) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    lines = [f"Corral runs at {settings.public_url or f'http://{host}:{port}'}", ""]
    if demo:
        lines += ["Demo logins (for this demo only):"]
        lines += [
            f"  {person.login:<5} {seeding.DEMO_PASSWORD}   {person.role:<9} {person.does}"
            for person in seeding.DEMO_PEOPLE
        ]
        if settings.host not in _OWN_MACHINE:
            lines += [f"Whoever reaches {settings.host} can log in with these: for a demo only."]
    elif not anybody:
        lines += [
            "Nobody can log in yet. Add the first person in another terminal:",
            f"  corral users add LOGIN --role operator --data {settings.data}",
        ]
    try:
        assets.names()
    except assets.FrontEndMissingError as missing:
        lines += ["", f"The pages will not work: {missing}"]
    lines += ["", "Ctrl-C stops it."]
    return "\n".join(lines)
