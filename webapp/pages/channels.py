"""Channel accounts: which networks we listen to, and whether they answer."""

from __future__ import annotations

from flask import Blueprint, render_template

from channels.accounts import condition_of
from webapp.people import Role
from webapp.security import require_for_all
from webapp.services import services

page = Blueprint("channels", __name__, url_prefix="/channels")
require_for_all(page, Role.OPERATOR)


@page.get("")
def index() -> str:
    """List the accounts with when each was last heard, and what is wrong."""
    found = services().conversations.accounts()
    return render_template(
        "channels.html",
        accounts=[(state, condition_of(state)) for state in found],
        networks=services().accounts.networks(),
    )
