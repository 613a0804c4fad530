"""``corral users``: who may log in."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from webapp.bootstrap import open_people, read_people
from webapp.commands.options import data_option, format_option, settings_with
from webapp.commands.printing import print_json, print_table
from webapp.people import Person, Role, checked_login, checked_password


@click.group("users")
def command() -> None:
    """Add, list, disable people; make API tokens."""


@command.command("add")
@click.argument("login")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="May be given several times.",
)
@click.option("--name", default="", help="As colleagues know them.")
@click.option("--workspace", metavar="KEY", help="Default: the first workspace.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@data_option
def add(
    login: str,
    roles: tuple[str, ...],
    name: str,
    workspace: str | None,
    *,
    password_stdin: bool,
    data: Path | None,
) -> None:
    """Add a person. The password is asked for twice."""
    login = checked_login(login)
    password = checked_password(_password(from_stdin=password_stdin))
    settings = settings_with(data=data)
    with open_people(settings) as people:
        added = people.add(workspace or settings.workspace, login, password, name=name, roles=roles)
    click.echo(f"Added {added.login} ({', '.join(sorted(added.roles))}).")


@command.command("list")
@click.option("--workspace", metavar="KEY", help="Default: the first workspace.")
@data_option
@format_option
def show(workspace: str | None, data: Path | None, form: str) -> None:
    """List the people of a workspace."""
    settings = settings_with(data=data)
    with read_people(settings) as people:
        found = people.of_workspace(workspace or settings.workspace)
    rows = [
        (p.login, p.name, ", ".join(sorted(p.roles)), "yes" if p.active else "no") for p in found
    ]
    if form == "json":
        keys = ("login", "name", "roles", "active")
        people_json = [
            dict(zip(keys, (p.login, p.name, sorted(p.roles), p.active), strict=True))
            for p in found
        ]
        print_json({"people": people_json})
        return
    empty = "Nobody yet. Add somebody: corral users add LOGIN --role operator"
    print_table(("login", "name", "roles", "active"), rows, empty=empty)


@command.command("disable")
@click.argument("login")
@data_option
def disable(login: str, data: Path | None) -> None:
    """Keep a person from logging in; what they did stays."""
    person = _set_active(login, data, active=False)
    click.echo(f"Disabled {person.login}; their sessions and API tokens have ended.")


@command.command("enable")
@click.argument("login")
@data_option
def enable(login: str, data: Path | None) -> None:
    """Let a disabled person log in again."""
    person = _set_active(login, data, active=True)
    click.echo(f"Enabled {person.login}.")


@command.command("password")
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@data_option
def password(login: str, *, password_stdin: bool, data: Path | None) -> None:
    """Give a person a new password; it ends their sessions."""
    with read_people(settings_with(data=data)) as people:
        person = people.by_login(login)
        given = _password(from_stdin=password_stdin)
        people.change(person.workspace, person.login, password=given)
    click.echo(f"{person.login} has a new password.")


@command.command("token")
@click.argument("login")
@click.option("--label", default="command line", show_default=True, help="What it is for.")
@data_option
def token(login: str, label: str, data: Path | None) -> None:
    """Print a new API token of a person. It is shown once."""
    with read_people(settings_with(data=data)) as people:
        click.echo(people.new_token(login, label))


def _set_active(login: str, data: Path | None, *, active: bool) -> Person:
    with read_people(settings_with(data=data)) as people:
        person = people.by_login(login)
        return people.change(person.workspace, person.login, active=active)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask for a password; use --password-stdin.")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked
