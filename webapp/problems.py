"""One answer for everything that goes wrong: a page for people, a JSON problem for the API.

Both bear the same text, which is the text of the error. The API speaks RFC 9457
(``application/problem+json``) with ``title``, ``status`` and ``detail``; ``errors`` holds one
sentence for each field, and ``problems`` those of a refused deployment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import structlog
from apiflask import APIFlask, HTTPError
from flask import Response, g, json, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from channels.errors import (
    ChannelError,
    ChannelUnavailableError,
    LetterClosedError,
    NotConfirmedError,
    ReplyOnItsWayError,
    ReplySettledError,
)
from engine.errors import (
    AlreadyClaimedError,
    DeploymentRefusedError,
    EngineError,
    FormRejectedError,
    IncidentClosedError,
    JobClosedError,
    NotFoundError,
    StaleRevisionError,
    StorageError,
    UserTaskClosedError,
)
from webapp.people import PersonError, UnknownPersonError
from webapp.security import ask_nobody, is_api

log = structlog.get_logger(__name__)

#: The first class that fits decides; what is not listed is 422: understood, but refused.
STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (NotFoundError, 404),
    (UnknownPersonError, 404),
    (AlreadyClaimedError, 409),
    (UserTaskClosedError, 409),
    (JobClosedError, 409),
    (IncidentClosedError, 409),
    (StaleRevisionError, 409),
    (ReplySettledError, 409),
    (ReplyOnItsWayError, 409),
    (LetterClosedError, 409),
    (StorageError, 503),
    (ChannelUnavailableError, 503),
)

_TEXTS = {
    400: "The request cannot be understood. Go back, refresh the page and try again.",
    403: "You may not do this. Ask an operator for the role it needs.",
    404: "There is no such page. Check the address, or go back to where you came from.",
    405: "This address cannot be used that way. Go back and use the page's own buttons.",
    413: "The upload is too large. Send files of at most 10 MB together.",
    429: "Too many attempts. Wait a minute and try again.",
    500: "Something broke on our side; it has been logged. Try again, or tell an operator "
    "what you were doing.",
    503: "The database cannot be reached. Try again in a moment, or tell an operator.",
}


def answer_with(app: APIFlask) -> None:
    """Make ``app`` answer every refusal and every fault in the form the caller reads."""
    app.register_error_handler(EngineError, _refused)
    app.register_error_handler(ChannelError, _refused)
    app.register_error_handler(PersonError, _refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    # Not through error_processor: that would also take over the errors of pages.
    app.error_callback = _invalid


def status_of(error: Exception) -> int:
    """Return the HTTP status that fits one of our errors."""
    return next((code for kind, code in STATUSES if isinstance(error, kind)), 422)


def problem(status: int, detail: str, **more: Any) -> Response:
    """Return a JSON problem."""
    body = {"type": "about:blank", "title": _title(status), "status": status, "detail": detail}
    return Response(json.dumps(body | more), status, mimetype="application/problem+json")


def _refused(error: Exception) -> ResponseReturnValue:
    status = status_of(error)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        log.error("request.unavailable", path=request.path, error=str(error))
    if isinstance(error, FormRejectedError):
        return _answer(status, str(error), errors=error.errors)
    if isinstance(error, NotConfirmedError):
        return _answer(status, str(error), warnings=error.warnings, confirm=error.token)
    if isinstance(error, DeploymentRefusedError):
        return _answer(status, str(error), problems=[asdict(found) for found in error.problems])
    return _answer(status, str(error))


def _csrf(error: CSRFError) -> ResponseReturnValue:
    detail = f"{error.description} Go back, refresh the page and try again; nothing was changed."
    return _answer(400, detail)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    status = error.code or 500
    own_text = error.description if error.description != type(error).description else None
    answer = _answer(status, _TEXTS.get(status) if status == 429 else own_text or _text(status))
    for name, value in error.get_headers():
        if name.lower() in {"retry-after", "allow"}:
            answer.headers[name] = value
    return answer


def _invalid(error: HTTPError) -> Response:
    """Answer what APIFlask found wrong with the input, one sentence for each field."""
    if error.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
        errors = dict(_sentences(error.detail))
        wrong = "; ".join(f"{field}: {text}" for field, text in errors.items())
        return problem(422, f"The request does not fit: {wrong}.", errors=errors)
    return problem(error.status_code, error.message or _text(error.status_code))


def _sentences(detail: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(detail, Mapping):
        return [
            pair
            for key, value in detail.items()
            for pair in _sentences(value, f"{path}.{key}" if path else str(key))
        ]
    text = " ".join(map(str, detail)) if isinstance(detail, list | tuple) else str(detail)
    return [(path.removeprefix("json.").removeprefix("query."), text)]


def _answer(status: int, detail: str | None, **more: Any) -> Response:
    detail = detail or _text(status)
    if status >= 500 and "request_id" in g:
        # By it an operator finds in the log what happened.
        detail = f"{detail} (request {g.request_id})"
    if is_api():
        return problem(status, detail, **more)
    if request.headers.get("HX-Request"):
        # A fragment of a page failed: the text alone goes into the toast.
        return Response(detail, status, mimetype="text/plain")
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        ask_nobody()
    page = render_template("error.html", status=status, title=_title(status), text=detail, **more)
    return Response(page, status, mimetype="text/html")


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def _text(status: int) -> str:
    return _TEXTS.get(status, f"{_title(status)}.")
