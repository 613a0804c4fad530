"""Replies that wait: put off, held, released and withdrawn from wherever they are shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from channels.errors import ReplyOnItsWayError
from channels.model import Reply
from channels.withholding import Withholding
from webapp.filters import exact
from webapp.moments import typed
from webapp.people import Role
from webapp.security import current_person, local_target, require_for_all
from webapp.services import services

page = Blueprint("replies", __name__, url_prefix="/replies")
require_for_all(page, Role.AGENT, Role.MANAGER)


@page.post("/<int:number>/put-off")
def put_off(number: int) -> ResponseReturnValue:
    """Have a reply sent at the moment the form names, in the zone of the person."""
    try:
        until = typed(request.form.get("until", ""))
        reply = _withholding().put_off(number, until, by=current_person().login)
    except ValueError as refusal:
        named = str(refusal) if "away" in str(refusal) else "Choose a day and a time first."
        flash(named, "soon")
    except ReplyOnItsWayError as refusal:
        flash(str(refusal), "late")
    else:
        flash(f"Goes out {exact(reply.send_at or until)}.", "calm")
    return _back(number)


@page.post("/<int:number>/hold")
def hold(number: int) -> ResponseReturnValue:
    """Keep a reply back."""
    return _done(number, _withholding().hold, "Held: it is not sent before somebody releases it.")


@page.post("/<int:number>/release")
def release(number: int) -> ResponseReturnValue:
    """Let a reply go out."""
    return _done(number, _withholding().release, "Released: it goes out.")


@page.post("/<int:number>/send-now")
def send_now(number: int) -> ResponseReturnValue:
    """Let a reply go out at once, whatever moment it was meant for."""
    now = partial(_withholding().put_off, until=services().engine.clock.now())
    return _done(number, now, "It goes out now.")


@page.post("/<int:number>/withdraw")
def withdraw(number: int) -> ResponseReturnValue:
    """Never send a reply."""
    return _done(number, _withholding().withdraw, "Withdrawn: it was not sent, and will not be.")


def _done(number: int, act: Callable[..., Reply], told: str) -> ResponseReturnValue:
    """Do something with a reply, and say how that went."""
    try:
        act(number, by=current_person().login)
        flash(told, "calm")
    except ReplyOnItsWayError as refusal:
        flash(str(refusal), "late")
    return _back(number)


def _withholding() -> Withholding:
    return services().outbox.withholding


def _back(number: int) -> ResponseReturnValue:
    """Return to the page the form was on, else to the conversation of the reply."""
    target = local_target(request.form.get("back"))
    if target is None:
        reply = services().conversations.reply(number)
        target = url_for("conversations.show", number=reply.conversation_id)
    return redirect(target, 303)
