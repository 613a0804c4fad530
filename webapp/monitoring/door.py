"""The monitor's addresses among the pages: open to everybody, because a probe cannot log in.

What strangers may not read the monitor keeps to itself, see :mod:`webapp.monitoring.monitor`.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from webapp.monitoring.monitor import LIVE, METRICS, READY
from webapp.security import public
from webapp.services import rooms

page = Blueprint("monitoring", __name__)


@page.get(LIVE, endpoint="live")
@page.get(READY, endpoint="ready")
@page.get(METRICS, endpoint="metrics")
@public
def answer() -> Response:
    """Hand the question to the monitor."""
    told = rooms().monitor.answer(request.path, request.headers.get("Authorization", ""))
    return Response(told.body, told.status, told.headers, content_type=told.type)
