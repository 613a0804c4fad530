"""Where networks call us; nobody is logged in here, and nothing is shown.

The address of an account is long and random, and no secret by itself: the file of its network
verifies each call.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from channels.protocol import Call
from channels.receiving import LARGEST_CALL
from webapp.security import answers_machines
from webapp.services import rooms

page = Blueprint("hooks", __name__, url_prefix="/hooks")


@page.route("/<hook>", methods=["GET", "POST"], defaults={"rest": ""})
@page.route("/<hook>/<path:rest>", methods=["GET", "POST"])
@answers_machines
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
