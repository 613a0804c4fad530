"""Adding a channel account: choose a network, tell what it asks for, see it tried, then keep it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from channels.accounts import HANDLE, LONGEST_HANDLE
from channels.errors import AccountRejectedError, ChannelError
from channels.protocol import Adding
from webapp import account_form
from webapp.people import Role
from webapp.security import current_person, require_for_all
from webapp.services import services

page = Blueprint("channel_adding", __name__, url_prefix="/channels/add")
require_for_all(page, Role.OPERATOR)


@page.get("")
def choose() -> str:
    """Show the networks of which accounts can be added."""
    return render_template("channel_networks.html", networks=services().accounts.networks())


@page.get("/<network>")
def show(network: str) -> str:
    """Show what an account of one network is told."""
    return _form(network, _known(network))


@page.post("/<network>")
def add(network: str) -> ResponseReturnValue:
    """Try an account and keep it; show the form again when something is wrong with it."""
    known = _known(network)
    handle = request.form.get(HANDLE, "")
    try:
        account, found = services().accounts.add(
            network,
            handle,
            account_form.given(known.fields, request.form),
            by=current_person().login,
        )
    except AccountRejectedError as rejected:
        return _form(network, known, errors=rejected.errors), 422
    except ChannelError as refused:
        return _form(network, known, trouble=str(refused)), 422
    text = "; ".join(f"{one.what}: {one.found}" for one in found)
    flash(f"{account.handle} is added and read from now on. {text}", "calm")
    return redirect(url_for("channel_account.show", number=account.id), 303)


def _known(network: str) -> Adding:
    found = services().accounts.networks().get(network)
    if found is None:
        abort(404, "No accounts of such a network can be added. Choose one under Channels.")
    return found


def _form(
    name: str,
    network: Adding,
    *,
    errors: Mapping[str, str] | None = None,
    trouble: str | None = None,
) -> str:
    sent = request.method == "POST"
    typed = account_form.given(network.fields, request.form) if sent else None
    return render_template(
        "channel_adding.html",
        name=name,
        network=network,
        handle=request.form.get(HANDLE, ""),
        longest=LONGEST_HANDLE,
        asked=account_form.asked(network.fields, typed=typed, errors=errors),
        errors=errors or {},
        trouble=trouble,
        sent=sent,
        can_keep=services().accounts.can_keep_secrets(),
    )
