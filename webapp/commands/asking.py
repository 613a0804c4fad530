"""How a command is told what an account of a network has to be told.

Secrets are typed without being shown, or come on standard input; an option would leave them in the
history of the shell and in the list of processes.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import click

from channels.fields import Field
from webapp.json_bodies import read as read_json


def settings_of(fields: Sequence[Field], settings: Sequence[str]) -> dict[str, str]:
    """Return what ``--set`` was given. A secret is refused: others see the options of a command."""
    secret = {field.name for field in fields if field.secret}
    given = {}
    for one in settings:
        name, equals, value = one.partition("=")
        if not equals:
            raise click.UsageError(f"--set {one!r} is no NAME=VALUE.")
        if name in secret:
            raise click.UsageError(
                f"{name!r} is a secret: it would stand in the history of the shell. Leave it out "
                "to be asked for it, or use --secrets-stdin."
            )
        given[name] = value
    return given


def secrets_of(fields: Sequence[Field], *, from_stdin: bool, required: bool) -> dict[str, str]:
    """Return the secrets, from standard input or from whoever sits at the terminal.

    Args:
        fields: of the network.
        from_stdin: a JSON object is read from there.
        required: those that have to be told are asked for until they are; else empty ones stay.
    """
    secret = [field for field in fields if field.secret]
    if from_stdin:
        return _read_secrets({field.name for field in secret})
    if not secret:
        return {}
    if not sys.stdin.isatty():
        if required and not any(field.required for field in secret):
            return {}
        raise click.UsageError("There is no terminal to ask for secrets; use --secrets-stdin.")
    asked = {}
    for field in secret:
        must = required and field.required
        note = "" if must else " (Enter: none)" if required else " (Enter: as it is)"
        asked[field.name] = _prompt(field, note, must=must)
    return asked


def _read_secrets(names: set[str]) -> dict[str, str]:
    try:
        given = read_json(sys.stdin.read())
    except ValueError:
        # Never what it says: it may quote what was typed.
        given = None
    if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
        raise click.UsageError('Standard input holds no JSON object of texts: {"token": "..."}.')
    if strange := given.keys() - names:
        raise click.UsageError(
            f"{', '.join(sorted(strange))}: no such secret. It asks for {_names(names)}."
        )
    return given


def missing_settings(fields: Sequence[Field], given: Mapping[str, str]) -> dict[str, str]:
    """Ask whoever sits at the terminal for what has to be told and was not."""
    if not sys.stdin.isatty():
        return {}
    missing = [
        field
        for field in fields
        if field.required and not field.secret and not field.default and field.name not in given
    ]
    return {field.name: _prompt(field, "", must=True) for field in missing}


def _prompt(field: Field, note: str, *, must: bool) -> str:
    if field.hint:
        click.echo(field.hint)
    default = None if must else ""
    asked: str = click.prompt(
        f"{field.label}{note}", hide_input=field.secret, default=default, show_default=False
    )
    return asked


def expect_known(fields: Sequence[Field], forget: Sequence[str]) -> None:
    """Refuse names that the network does not ask for."""
    names = {field.name for field in fields}
    if strange := set(forget) - names:
        raise click.UsageError(
            f"{', '.join(sorted(strange))}: nothing of that name. It asks for {_names(names)}."
        )


def _names(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"
