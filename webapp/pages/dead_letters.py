"""Dead letters: what went wrong for good between us and a network, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from channels.errors import ChannelError
from channels.storage.dead_letters import DeadLetter
from engine.errors import EngineError
from webapp.addresses import row_id
from webapp.people import Role
from webapp.security import current_person, local_target, require_for_all
from webapp.services import services

page = Blueprint("dead_letters", __name__, url_prefix="/channels/dead-letters")
require_for_all(page, Role.OPERATOR)

PAGE = 50


@page.get("")
def index() -> str:
    """List open letters, newest first; ``?all=1`` all; ``?account=`` those of one account."""
    everything = bool(request.args.get("all"))
    account = request.args.get("account", type=row_id)
    found = services().letters.listed(
        open_only=not everything,
        account_id=account,
        before=request.args.get("before", type=row_id),
        limit=PAGE + 1,
    )
    return render_template(
        "dead_letters.html",
        letters=found[:PAGE],
        everything=everything,
        of_account=account,
        before=found[PAGE - 1].id if len(found) > PAGE else None,
    )


@page.post("/again")
def again() -> ResponseReturnValue:
    """Send chosen replies again, once and at once, or read chosen calls again."""
    return _each(services().letters.again, "On their way again")


@page.post("/drop")
def drop() -> ResponseReturnValue:
    """Do nothing more about chosen letters; the processes of replies hear that they are refused."""
    return _each(services().letters.drop, "Dropped")


def _each(act: Callable[..., DeadLetter], done: str) -> ResponseReturnValue:
    """Do something with each chosen letter and say how many it went well with."""
    only = request.form.get("only", type=row_id)
    chosen = [only] if only else request.form.getlist("id", type=row_id)[:PAGE]
    back = local_target(request.form.get("back")) or url_for("dead_letters.index")
    refusals = []
    for number in chosen:
        try:
            act(number, by=current_person().login)
        except (ChannelError, EngineError) as refusal:
            refusals.append(str(refusal))
    if not chosen:
        flash("Choose at least one dead letter first.", "soon")
    elif good := len(chosen) - len(refusals):
        flash(f"{done}: {good} of {len(chosen)}.", "calm")
    for text in refusals[:3]:
        flash(text, "late")
    return redirect(back, 303)
