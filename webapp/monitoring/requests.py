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

from webapp import logs
from webapp.monitoring.metrics import Metrics

#: Name of the header, both ways.
REQUEST_ID = "X-Request-ID"
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
#: Methods that are told apart; a stranger may send any word as one.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

#: What the number in the address of a page means, by the section of the pages.
_NOUNS = {
    "instances": "instance",
    "tasks": "user_task",
    "conversations": "conversation",
    "customers": "customer",
}

_log = structlog.get_logger(__name__)


def watch(app: Flask, metrics: Metrics, *, proxies: int) -> None:
    """Watch every request of ``app``; with ``proxies`` in front, their ids are taken over."""

    def begin() -> None:
        g.begun = perf_counter()
        g.request_id = _id(trusted=proxies > 0)
        logs.name_in_request(request=g.request_id, **_nouns())

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

    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(lambda _error: logs.end_request())


def _id(*, trusted: bool) -> str:
    given = request.headers.get(REQUEST_ID, "") if trusted else ""
    return given if _ID.fullmatch(given) else secrets.token_hex(8)


def _nouns() -> dict[str, int]:
    """Return what the address names, such as ``{"instance": 7}``."""
    section = (request.blueprint or "").rpartition(".")[2]
    return {
        _NOUNS.get(section, section) if name == "number" else name.removesuffix("_id"): value
        for name, value in (request.view_args or {}).items()
        if isinstance(value, int) and name != "version"
    }


def _route() -> str:
    """Return the pattern of the address, such as ``/instances/<int:id>``."""
    return "none" if request.url_rule is None else request.url_rule.rule
