"""Settings: who may log in, and what they may do."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.people import PersonError, Role
from webapp.security import current_person, require_for_all
from webapp.services import services

page = Blueprint("settings", __name__, url_prefix="/settings")
require_for_all(page, Role.OPERATOR)

#: What each role comes to do, for the form.
DUTIES = {
    Role.AGENT: "answers customers",
    Role.DESIGNER: "draws and deploys processes",
    Role.MANAGER: "watches, decides, helps",
    Role.OPERATOR: "runs Corral; may do everything",
}


@page.get("")
def index() -> str:
    """List the people of the workspace."""
    return _index()


@page.post("/people")
def add() -> ResponseReturnValue:
    """Add a person who may log in at once."""
    workspace = current_person().workspace
    try:
        person = services().people.add(
            workspace,
            request.form.get("login", ""),
            request.form.get("password", ""),
            name=request.form.get("name", ""),
            roles=request.form.getlist("roles"),
        )
    except PersonError as refusal:
        return _index(str(refusal)), 422
    flash(f"{person.name} can log in now as {person.login}.", "calm")
    return redirect(url_for("settings.index"), 303)


@page.post("/people/<login>")
def change(login: str) -> ResponseReturnValue:
    """Let a person log in, or not any more; a person cannot lock themselves out."""
    active = request.form.get("active") == "1"
    me = current_person()
    if login == me.login and not active:
        flash("You cannot disable yourself. Ask another operator.", "soon")
        return redirect(url_for("settings.index"), 303)
    person = services().people.change(me.workspace, login, active=active)
    text = "can log in again." if active else "cannot log in any more; open sessions have ended."
    flash(f"{person.name} {text}", "calm")
    return redirect(url_for("settings.index"), 303)


def _index(trouble: str | None = None) -> str:
    me = current_person()
    return render_template(
        "settings.html",
        people=services().people.of_workspace(me.workspace),
        duties=DUTIES,
        trouble=trouble,
        me=me.login,
        typed=request.form,
    )
