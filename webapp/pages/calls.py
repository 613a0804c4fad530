"""A call by phone, written down by the agent who heard it: it becomes a mention like any other."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from channels.errors import CallRejectedError
from channels.signals import LANGUAGES
from channels.telephone import PhoneCall
from webapp.addresses import row_id
from webapp.filters import now
from webapp.moments import typed
from webapp.people import Role
from webapp.security import current_person, require_for_all
from webapp.services import services

page = Blueprint("calls", __name__, url_prefix="/calls")
require_for_all(page, Role.AGENT, Role.MANAGER)

#: A call-back is promised for so long at most.
LATEST = timedelta(days=366)
_FIELDS = ("account", "number", "name", "text", "language", "due", "call")


@page.get("/new")
def show() -> str:
    """Show the form; ``?number=`` and ``?name=`` fill it in, as a telephony system can."""
    return _form({name: request.args.get(name, "")[:200] for name in ("number", "name")})


@page.post("/new")
def log() -> ResponseReturnValue:
    """Keep the call, and go to its conversation; sent twice, it is one call."""
    told = {name: request.form.get(name, "") for name in _FIELDS}
    errors: dict[str, str] = {}
    due = _due(told["due"], errors)
    account = request.form.get("account", type=row_id)
    known = {one.id for one in services().calls.accounts()}
    if account not in known:
        errors["account"] = "Choose the phone that was called."
    if not told["text"].strip():
        errors["text"] = "Write down what was said."
    if errors or account is None:
        return _form(told, errors), 422
    call = PhoneCall(
        # Nobody else's: another person who sends the same key means another call.
        id=f"{current_person().login}:{told['call'][:64] or secrets.token_urlsafe(16)}",
        number=told["number"],
        text=told["text"],
        at=now(),
        name=told["name"],
        language=told["language"],
        due=due,
    )
    try:
        conversation = services().calls.log(account, call)
    except CallRejectedError as rejected:
        return _form(told, rejected.errors), 422
    flash("The call is kept: it is on this page, and in the inbox.", "calm")
    return redirect(url_for("conversations.show", number=conversation), 303)


def _due(told: str, errors: dict[str, str]) -> datetime | None:
    if not told:
        return None
    try:
        due = typed(told)
    except ValueError:
        errors["due"] = "Choose a day and a time, or leave it empty."
        return None
    if not now() < due < now() + LATEST:
        errors["due"] = "Choose a moment to come, within a year."
    return due


def _form(told: Mapping[str, str], errors: Mapping[str, str] | None = None) -> str:
    return render_template(
        "call.html",
        phones=services().calls.accounts(),
        languages=LANGUAGES,
        told=told,
        errors=errors or {},
        call=told.get("call") or secrets.token_urlsafe(16),
    )
