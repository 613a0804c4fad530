"""What the commands that start a server have in common: where it listens, what it says first."""

from __future__ import annotations

import socket
from collections.abc import Iterable

import click

from webapp import assets, bootstrap, seeding
from webapp.bootstrap import Installation
from webapp.cli import RefusedError
from webapp.serving import PortTakenError, listen
from webapp.settings import Settings

#: Addresses that nobody but this machine reaches.
_OWN_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


def expect_postgresql(settings: Settings, command: str) -> None:
    """Refuse SQLite, which one process has for itself."""
    if settings.on_sqlite:
        raise RefusedError(
            f"'corral {command}' needs PostgreSQL: set CORRAL_DATABASE_URL to its address, the "
            "same for every process. On one machine, 'corral run' does everything without."
        )


def expect_credentials_key(settings: Settings) -> None:
    """Refuse to run without a key for the credentials of channel accounts."""
    if settings.credentials_key is None:
        raise RefusedError(
            "CORRAL_CREDENTIALS_KEY is not set: the credentials of channel accounts are sealed "
            "with it. Make one with 'openssl rand -hex 32', keep it, and set it to the same for "
            "every process. 'corral run --demo' runs without."
        )


def listener_of(settings: Settings) -> socket.socket:
    """Return the socket that the settings name, listening."""
    try:
        return listen(settings.host, settings.port)
    except PortTakenError as taken:
        raise RefusedError(str(taken)) from None


def prepared(settings: Settings, *, demo: bool = False) -> bool:
    """Bring the database up to date, and tell whether anybody can log in.

    To be called before the fork, so that a key or a database that cannot be used is one clear
    line. All is closed again, because connections must not be shared between processes.
    """
    bootstrap.session_key(settings)
    with bootstrap.opened(settings) as installation:
        return _people(installation, demo=demo)


def _people(installation: Installation, *, demo: bool) -> bool:
    """Let the demo people in or keep them out; tell whether anybody can log in."""
    people, workspace = installation.rooms.people, installation.engine.workspace.key
    if demo:
        seeding.seed(installation)
        return True
    if shut := seeding.close_demo(people, workspace):
        click.echo(
            f"The demo logins ({', '.join(shut)}) are disabled: everybody knows their password. "
            "'corral run --demo' gives them back."
        )
    return any(person.active for person in people.of_workspace(workspace))


def welcome(
    settings: Settings,
    port: int,
    *,
    anybody: bool,
    demo: bool = False,
    besides: Iterable[str] = (),
) -> str:
    """Return what people read first: where to go, how to log in, and ``besides``."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    lines = [f"Corral runs at {settings.public_url or f'http://{host}:{port}'}", ""]
    lines += besides
    if demo:
        lines += ["Demo logins (for this demo only):"]
        lines += [
            f"  {person.login:<5} {seeding.DEMO_PASSWORD}   {person.role:<9} {person.does}"
            for person in seeding.DEMO_PEOPLE
        ]
        if settings.host not in _OWN_MACHINE:
            lines += [f"Whoever reaches {settings.host} can log in with these: for a demo only."]
    elif not anybody:
        where = f" --data {settings.data}" if settings.on_sqlite else ""
        lines += [
            "Nobody can log in yet. Add the first person in another terminal:",
            f"  corral users add LOGIN --role operator{where}",
        ]
    try:
        assets.names()
    except assets.FrontEndMissingError as missing:
        lines += ["", f"The pages will not work: {missing}"]
    lines += ["", "Ctrl-C stops it."]
    return "\n".join(lines)
