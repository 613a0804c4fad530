"""Every request has an id, in the log and in its answer, and is counted with the time it took.

The id of a proxy in front is taken over, when there is one and it looks like an id: it is written
into a header and into the log.
"""

from __future__ import annotations

import re
import secrets
from time import perf_counter

import structlog
from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, reset_contextvars

from webapp.monitoring.metrics import Metrics

#: Name of the header, both ways.
REQUEST_ID = "X-Request-ID"
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
#: Methods that are told apart; a stranger may send any word as one.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_log = structlog.get_logger(__name__)


def watch(app: Flask, metrics: Metrics, *, proxies: int) -> None:
    """Watch every request of ``app``; with ``proxies`` in front, their ids are taken over."""

    def begin() -> None:
        g.begun = perf_counter()
        g.request_id = _id(trusted=proxies > 0)
        g.bound = bind_contextvars(request=g.request_id)

    def end(response: Response) -> Response:
        seconds = perf_counter() - g.begun
        route, method = _route(), request.method if request.method in _METHODS else "other"
        metrics.answered(method, route, response.status_code, seconds)
        response.headers[REQUEST_ID] = g.request_id
        _log.debug(
            "request.answered",
            method=method,
            route=route,
            status=response.status_code,
            seconds=round(seconds, 4),
        )
        return response

    def unbind(_error: BaseException | None) -> None:
        # The thread goes on to answer others.
        if "bound" in g:
            reset_contextvars(**g.bound)

    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(unbind)


def _id(*, trusted: bool) -> str:
    given = request.headers.get(REQUEST_ID, "") if trusted else ""
    return given if _ID.fullmatch(given) else secrets.token_hex(8)


def _route() -> str:
    """Return the pattern of the address, such as ``/instances/<int:id>``."""
    return "none" if request.url_rule is None else request.url_rule.rule
