"""What is open to everybody: the login form.

Attempts to log in are limited for an address and for a login, so that neither one machine nor
many can guess the password of a person.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.people import Role
from webapp.security import current_person, limiter, local_target, public, sign_in, sign_out
from webapp.services import rooms

page = Blueprint("entrance", __name__)

#: Where the day of somebody with that role begins; the first that fits wins.
FIRST_PAGES = (
    (Role.OPERATOR, "/monitor"),
    (Role.MANAGER, "/monitor"),
    (Role.AGENT, "/inbox"),
    (Role.DESIGNER, "/processes"),
)


def _limit() -> str:
    return rooms().settings.login_limit


def _login() -> str:
    return "login:" + request.form.get("login", "").strip().lower()[:64]


@page.get("/login")
@public
def show() -> ResponseReturnValue:
    """Show the form, or go on when the person is logged in already."""
    target = local_target(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(target or url_for("entrance.home"))
    return render_template("login.html", login="", next=target, error=None)


@page.post("/login")
@public
@limiter.limit(_limit)
@limiter.limit(_limit, key_func=_login)
def submit() -> ResponseReturnValue:
    """Log in and go where the person wanted to go; a wrong pair shows the form again."""
    login = request.form.get("login", "").strip()[:64]
    target = local_target(request.form.get("next"))
    person = rooms().people.recognise(login, request.form.get("password", ""))
    if person is None:
        error = "This login and password do not go together. Check both and try again."
        return render_template("login.html", login=login, next=target, error=error), 422
    sign_in(person)
    return redirect(target or url_for("entrance.home"), 303)


@page.post("/logout")
@public
def leave() -> ResponseReturnValue:
    """End the session of this browser and show the form."""
    sign_out()
    return redirect(url_for("entrance.show"), 303)


@page.get("/")
def home() -> ResponseReturnValue:
    """Go to the page where the person's day begins."""
    roles = current_person().roles
    return redirect(next(target for role, target in FIRST_PAGES if role in roles))
