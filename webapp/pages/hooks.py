"""Where networks call us; nobody is logged in here, and nothing is shown.

The address of an account is long and random, and no secret by itself: the file of its network
verifies each call. Two caps keep the verifying itself affordable, and neither lets a stranger
shut the network out: what is refused counts against whoever called, what is taken against the
account. A caller beyond either hears when to come again, and networks do.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from channels.protocol import Call
from channels.receiving import LARGEST_CALL
from webapp.security import answers_machines, caller, limiter
from webapp.services import rooms

page = Blueprint("hooks", __name__, url_prefix="/hooks")

#: Calls of one account from one network address that may be refused.
REFUSED_LIMIT = "60 per minute"
#: What is answered to a caller who is not who it should be, or does not call as it should.
_REFUSALS = {401, 403, 404, 405, 413}
#: What is answered to genuine calls whose content is none.
_EMPTY = {400, 422}
#: Characters of an address that tell it from others.
_HOOK = 50


def _account_limit() -> str:
    return rooms().settings.hook_limit


def _hook() -> str:
    return str((request.view_args or {})["hook"])[:_HOOK]


_by_caller = limiter.shared_limit(
    REFUSED_LIMIT,
    scope="hooks",
    key_func=lambda: f"{caller()} {_hook()}",
    deduct_when=lambda told: told.status_code in _REFUSALS,
)
_by_account = limiter.shared_limit(
    _account_limit,
    scope="hooks",
    key_func=_hook,
    deduct_when=lambda told: told.status_code < 300 or told.status_code in _EMPTY,
)


@page.route("/<hook>", methods=["GET", "POST"], defaults={"rest": ""})
@page.route("/<hook>/<path:rest>", methods=["GET", "POST"])
@answers_machines
@_by_caller
@_by_account
def receive(hook: str, rest: str) -> Response:
    """Hand the call to the account that it is for, and answer what its network's file says."""
    request.max_content_length = LARGEST_CALL
    services, account_id = rooms().called_at(hook)
    answer = services.receiver.receive(
        account_id,
        Call(
            method=request.method,
            path=f"/{rest}" if rest else "",
            query=request.args.to_dict(),
            headers={name.lower(): value for name, value in request.headers},
            body=request.get_data(),
            peer=request.remote_addr or "",
            at=services.engine.clock.now(),
        ),
    )
    return Response(answer.body, answer.status, answer.headers, content_type=answer.type)


@page.errorhandler(429)
def too_often(error: Any) -> Response:
    """Ask a program, in words for one, to come again."""
    waits = {name: told for name, told in error.get_headers() if name.lower() == "retry-after"}
    return Response("Too many calls. Come again later.", 429, waits, mimetype="text/plain")
