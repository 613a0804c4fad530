"""One channel account: how it does, a try on the spot, its settings and credentials, on and off."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from channels import costs
from channels.accounts import condition_of
from channels.errors import AccountRejectedError, ChannelError
from channels.fields import Field
from channels.model import ChannelAccount
from channels.protocol import Adding, Checked, Vouched
from channels.submitting import FORM
from webapp import account_form
from webapp.people import Role
from webapp.security import current_person, require_for_all
from webapp.services import services

page = Blueprint("channel_account", __name__, url_prefix="/channels/<int:number>")
require_for_all(page, Role.OPERATOR)


@dataclass(frozen=True, slots=True)
class Trial:
    """How trying the account just went."""

    found: tuple[Checked, ...] = ()
    trouble: str | None = None


@page.get("")
def show(number: int) -> str:
    """Show how an account does and what it was told; no secret."""
    return _page(number)


@page.post("/test")
def test(number: int) -> str:
    """Log in and read, write nothing; show what was found."""
    try:
        trial = Trial(tuple(services().accounts.check(number)))
    except ChannelError as error:
        trial = Trial(trouble=str(error))
    return _page(number, trial=trial)


@page.post("/settings")
def change(number: int) -> ResponseReturnValue:
    """Try the account with what it is told now, and keep that; a secret left empty stays."""
    accounts, account = services().accounts, services().conversations.account(number).account
    fields = accounts.network(account.channel).fields
    try:
        accounts.change(
            number,
            account_form.given(fields, request.form),
            forget=account_form.forgotten(fields, request.form),
            by=current_person().login,
        )
    except AccountRejectedError as rejected:
        return _page(number, errors=rejected.errors), 422
    except ChannelError as refused:
        return _page(number, refused=str(refused)), 422
    flash(f"{account.handle} works with that. It is read again at once.", "calm")
    return redirect(url_for("channel_account.show", number=number), 303)


@page.post("/enabled")
def switch(number: int) -> ResponseReturnValue:
    """Have an account read, or not any more."""
    on = request.form.get("on") == "1"
    account = services().accounts.switch(number, on=on, by=current_person().login)
    text = "is read again, from where it stopped." if on else "is not read any more."
    flash(f"{account.handle} {text}", "calm")
    return redirect(url_for("channel_account.show", number=number), 303)


@page.post("/gap")
def see_gap(number: int) -> ResponseReturnValue:
    """Show a gap no more: the person has looked for what may be missing."""
    services().accounts.gap_seen(number, by=current_person().login)
    return redirect(url_for("channel_account.show", number=number), 303)


def _page(
    number: int,
    *,
    trial: Trial | None = None,
    errors: Mapping[str, str] | None = None,
    refused: str | None = None,
) -> str:
    accounts, state = services().accounts, services().conversations.account(number)
    network = accounts.networks().get(state.account.channel)
    fields = network.fields if network else ()
    sent = errors is not None or refused is not None
    kept = accounts.secrets_kept(state.account)
    form_address = _form_address(state.account)
    return render_template(
        "channel_account.html",
        state=state,
        account=state.account,
        condition=condition_of(state),
        limits=services().conversations.limits().get(number, []),
        left=costs.left(state.spent) if state.spent else None,
        network=network,
        address=_address(state.account),
        untold=_untold(network, kept),
        form_address=form_address,
        embedding=_embedding(state.account, form_address) if form_address else None,
        asked=account_form.asked(
            fields,
            told=accounts.told_to(state.account),
            typed=account_form.given(fields, request.form) if sent else None,
            errors=errors,
            kept=kept,
        ),
        trial=trial,
        refused=refused,
        sent=sent,
        can_keep=accounts.can_keep_secrets(),
    )


def _address(account: ChannelAccount) -> str | None:
    """Return where the account is called from outside; None if nobody calls it."""
    if not services().receiver.receives(account.channel):
        return None
    return url_for("hooks.receive", hook=account.hook, _external=True)


def _untold(network: Adding | None, kept: Collection[str]) -> Field | None:
    """Return the secret without which nobody can call the account; None when there is no such."""
    if not isinstance(network, Vouched) or network.vouched_by in kept:
        return None
    return next((one for one in network.fields if one.name == network.vouched_by), None)


def _form_address(account: ChannelAccount) -> str | None:
    """Return where customers write into the form of the account; None if it is none."""
    if account.channel != FORM:
        return None
    return url_for("forms.show", hook=account.hook, _external=True)


def _embedding(account: ChannelAccount, address: str) -> str:
    """Return what a web page has to hold to show the form within it."""
    title = escape(account.handle)
    return f'<iframe src="{address}" title="{title}" width="100%" height="720"></iframe>'
