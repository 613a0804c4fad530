"""Incidents: stops that wait for somebody to decide. One or many are tried again at once."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.errors import EngineError
from webapp.addresses import row_id
from webapp.people import Role
from webapp.security import current_person, local_target, require_for_all
from webapp.services import services

page = Blueprint("incidents", __name__, url_prefix="/incidents")
require_for_all(page, Role.MANAGER)

PAGE = 50


@page.get("")
def index() -> str:
    """List open incidents, newest first; ``?all=1`` the resolved ones too."""
    everything = bool(request.args.get("all"))
    before = request.args.get("before", type=row_id)
    found = services().engine.incidents(open_only=not everything, before=before, limit=PAGE + 1)
    template = "incidents_body.html" if request.headers.get("HX-Request") else "incidents.html"
    return render_template(
        template,
        incidents=found[:PAGE],
        everything=everything,
        before=found[PAGE - 1].id if len(found) > PAGE else None,
    )


@page.post("/retry")
def retry() -> ResponseReturnValue:
    """Resolve the chosen incidents, so that their instances go on; say how many did."""
    chosen = request.form.getlist("id", type=row_id)[:PAGE]
    back = redirect(local_target(request.form.get("back")) or url_for("incidents.index"), 303)
    if not chosen:
        flash("Choose at least one incident first.", "soon")
        return back
    refusals = [refusal for number in chosen if (refusal := _retry(number)) is not None]
    done = len(chosen) - len(refusals)
    if done:
        flash(
            f"Tried again: {done} of {len(chosen)}. What fails once more comes back here.", "calm"
        )
    for refusal in refusals[:3]:
        flash(refusal, "late")
    return back


def _retry(number: int) -> str | None:
    """Resolve one incident and return why it could not be, if so."""
    try:
        services().engine.resolve(number, by=current_person().login)
    except EngineError as refusal:
        return str(refusal)
    return None
