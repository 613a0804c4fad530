"""``corral channels``: the accounts we read and answer from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from channels import networks
from channels.accounts import addable, condition_of
from channels.costs import dollars
from channels.errors import AccountRejectedError, ChannelError, CredentialsError
from channels.fields import Field
from channels.model import AccountState
from channels.protocol import Adding, Checked
from webapp.bootstrap import opened, read
from webapp.cli import RefusedError, one_line
from webapp.commands.asking import (
    expect_known,
    missing_settings,
    secrets_of,
    settings_of,
)
from webapp.commands.dead_letters import dead_letters
from webapp.commands.options import data_option, format_option, settings_with
from webapp.commands.printing import print_json, print_table, printable
from webapp.services import Services

#: Who did it, where a person would stand.
_US = "corral channels"

_workspace = click.option("--workspace", metavar="KEY", help="Default: the first workspace.")
_set = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="What the network asks for; once for each. Never a secret.",
)
_stdin = click.option(
    "--secrets-stdin",
    is_flag=True,
    help='Read the secrets from standard input: {"token": "..."}.',
)
_no_test = click.option("--no-test", is_flag=True, help="Keep it without having tried it.")


@click.group("channels")
def command() -> None:
    """Add, list, try and change channel accounts."""


command.add_command(dead_letters)


@command.command("networks")
@format_option
def list_networks(form: str) -> None:
    """List the networks, and what an account of each is told."""
    known = addable(networks.found())
    if form == "json":
        print_json({"networks": [_network(name, one) for name, one in known.items()]})
        return
    for name, one in known.items():
        click.echo(f"{name}  {one.title}")
        for field in one.fields:
            click.echo(f"  {_asked(field)}")


@command.command("add")
@click.argument("network")
@click.argument("handle")
@_set
@_stdin
@_no_test
@_workspace
@data_option
def add(
    network: str,
    handle: str,
    settings: tuple[str, ...],
    workspace: str | None,
    data: Path | None,
    *,
    secrets_stdin: bool,
    no_test: bool,
) -> None:
    """Add an account of a network; it is tried first, and kept if that goes well.

    Secrets are asked for, or read with --secrets-stdin. See what a network asks for with "corral
    channels networks".
    """
    with opened(settings_with(data=data)) as installation:
        accounts = installation.services(workspace).accounts
        fields = accounts.network(network).fields
        given = settings_of(fields, settings)
        given |= missing_settings(fields, given)
        given |= secrets_of(fields, from_stdin=secrets_stdin, required=True)
        with _tried("Nothing was kept"):
            kept, found = accounts.add(network, handle, given, tried=not no_test, by=_US)
    _show(found)
    click.echo(f"Added {kept.channel}/{printable(kept.handle)}.")


@command.command("list")
@_workspace
@data_option
@format_option
def show(workspace: str | None, data: Path | None, form: str) -> None:
    """List the accounts of a workspace, and how reading them goes."""
    with _services(workspace, data) as services:
        found = services.conversations.accounts()
        told = {one.account.id: services.accounts.told_to(one.account) for one in found}
        limits = services.conversations.limits()
    if form == "json":
        print_json(
            {
                "accounts": [
                    {
                        **_account(one, told[one.account.id]),
                        "limits": limits.get(one.account.id, []),
                    }
                    for one in found
                ]
            }
        )
        return
    rows = [
        (
            one.account.channel, one.account.handle, condition_of(one),
            one.last_success_at, one.last_mention_at, _cost(one), one.alarm or one.last_error,
        )
        for one in found
    ]  # fmt: skip
    heads = ("network", "account", "state", "last good look", "last mention", "cost", "trouble")
    print_table(heads, rows, empty="No account yet. Add one: corral channels add NETWORK HANDLE")


@command.command("test")
@click.argument("name")
@_workspace
@data_option
@format_option
@click.pass_context
def test(
    ctx: click.Context, name: str, workspace: str | None, data: Path | None, form: str
) -> None:
    """Try an account: log in and read, write nothing. Exits 1 when something is wrong.

    NAME is its handle, or NETWORK/HANDLE.
    """
    found: Sequence[Checked] = ()
    trouble = None
    with _services(workspace, data) as services:
        account = services.accounts.named(name).account
        try:
            found = services.accounts.check(account.id)
        except ChannelError as error:
            trouble = one_line(error)
    if form == "json":
        print_json({"ok": trouble is None, "found": found, "trouble": trouble})
    else:
        _show(found)
        where = f"{account.channel}/{printable(account.handle)}"
        click.echo(f"{where} works." if trouble is None else f"{where}: {printable(trouble)}")
    ctx.exit(0 if trouble is None else 1)


@command.command("change")
@click.argument("name")
@_set
@_stdin
@click.option("--secrets", "ask", is_flag=True, help="Ask for new secrets; empty ones stay.")
@click.option(
    "--forget", multiple=True, metavar="NAME", help="A setting or secret it has no longer."
)
@_no_test
@_workspace
@data_option
def change(
    name: str,
    settings: tuple[str, ...],
    forget: tuple[str, ...],
    workspace: str | None,
    data: Path | None,
    *,
    secrets_stdin: bool,
    ask: bool,
    no_test: bool,
) -> None:
    """Tell an account something else; it is tried first, and changed if that goes well.

    What is not named stays. NAME is its handle, or NETWORK/HANDLE.
    """
    with _services(workspace, data) as services:
        accounts = services.accounts
        account = accounts.named(name).account
        fields = accounts.network(account.channel).fields
        expect_known(fields, forget)
        kept = {key: _text(value) for key, value in accounts.told_to(account).items()}
        given = kept | settings_of(fields, settings)
        if secrets_stdin or ask:
            given |= secrets_of(fields, from_stdin=secrets_stdin, required=False)
        given = {key: value for key, value in given.items() if key not in forget}
        with _tried("Nothing was changed"):
            found = accounts.change(account.id, given, forget=forget, tried=not no_test, by=_US)
    _show(found)
    click.echo(f"Changed {account.channel}/{printable(account.handle)}.")


@command.command("on")
@click.argument("name")
@_workspace
@data_option
def on(name: str, workspace: str | None, data: Path | None) -> None:
    """Read an account again, at once."""
    handle = _switch(name, workspace, data, on=True)
    click.echo(f"{handle} is read again.")


@command.command("off")
@click.argument("name")
@_workspace
@data_option
def off(name: str, workspace: str | None, data: Path | None) -> None:
    """Read an account no more; answers that are approved go out still."""
    handle = _switch(name, workspace, data, on=False)
    click.echo(f"{handle} is not read any more; 'corral channels on' goes on where it stopped.")


@command.command("reseal")
@data_option
@click.pass_context
def reseal(ctx: click.Context, data: Path | None) -> None:
    """Seal all credentials of all workspaces anew, with the first of the keys.

    Exits 1 when there are credentials that none of the keys opens; they stay as they are.
    """
    sealed, closed = 0, []
    with read(settings_with(data=data)) as installation:
        for workspace in installation.engine.workspaces():
            count, unopened = installation.services(workspace.key).accounts.reseal()
            sealed += count
            closed += [(workspace.key, one) for one in unopened]
    for key, account in closed:
        name = f"{account.channel}/{printable(account.handle)}"
        click.echo(f"No key opens the credentials of {name} (workspace {key}).", err=True)
    click.echo(f"Sealed the credentials of {sealed} account(s) with the first key.")
    ctx.exit(1 if closed else 0)


@contextmanager
def _services(workspace: str | None, data: Path | None) -> Iterator[Services]:
    with read(settings_with(data=data)) as installation:
        yield installation.services(workspace)


@contextmanager
def _tried(outcome: str) -> Iterator[None]:
    """Add to what a network says about an account what came of it, and the way around."""
    try:
        yield
    except (AccountRejectedError, CredentialsError):
        raise
    except ChannelError as error:
        raise RefusedError(
            f"{one_line(error)} {outcome}; --no-test does it all the same."
        ) from None


def _switch(name: str, workspace: str | None, data: Path | None, *, on: bool) -> str:
    with _services(workspace, data) as services:
        account = services.accounts.named(name).account
        services.accounts.switch(account.id, on=on, by=_US)
    return f"{account.channel}/{printable(account.handle)}"


def _text(value: Any) -> str:
    """Return a setting as somebody would type it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _show(found: Sequence[Checked]) -> None:
    for one in found:
        click.echo(f"ok    {printable(one.what)}: {printable(one.found)}")


def _asked(field: Field) -> str:
    kinds = [
        "secret" if field.secret else "",
        "" if field.required else "optional",
        "" if field.kind == "text" else field.kind,
        f"one of {', '.join(field.choices)}" if field.choices else "",
        f"default {field.default}" if field.default else "",
    ]
    said = ", ".join(kind for kind in kinds if kind)
    hint = f" {field.hint}" if field.hint else ""
    return f"{field.name}: {field.label}{f' ({said})' if said else ''}.{hint}"


def _network(name: str, network: Adding) -> dict[str, Any]:
    return {"name": name, "title": network.title, "fields": network.fields}


def _cost(state: AccountState) -> str | None:
    """Return what an account has cost this month, of what it may cost; None: nothing."""
    if state.spent is None:
        return None
    told = f"{dollars(state.spent.month)} this month"
    budget = state.spent.budget_month
    return told if budget is None else f"{told} of {dollars(budget)}"


def _account(state: AccountState, told: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "network": state.account.channel,
        "handle": state.account.handle,
        "enabled": state.account.enabled,
        "state": condition_of(state),
        "last_success_at": state.last_success_at,
        "last_mention_at": state.last_mention_at,
        "failures": state.failures,
        "trouble": state.alarm or state.last_error,
        "spent": state.spent,
        "settings": told,
    }
