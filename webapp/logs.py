"""The log: one line an event on stderr, as text or JSON, without secrets and customers' words.

Ids that are known to whoever works are bound once (``structlog.contextvars``) and stand in every
line that is logged meanwhile: a request's by :func:`name_in_request`, a channel account's by the
poller, a reply's by the outbox. ``docs/operating/watching.md`` lists the lines.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from flask import g
from structlog.contextvars import bind_contextvars, reset_contextvars

#: A value whose name holds one of these is never written.
_SECRET = ("password", "secret", "token", "authorization", "cookie", "database_url")


def set_up(level: str, form: str) -> None:
    """Send structlog and the standard library's log to stderr.

    Args:
        level: least severe line that is written, such as ``"info"``.
        form: ``"text"`` for people, ``"json"`` for collectors.
    """
    least = logging.getLevelNamesMapping()[level.upper()]
    shared = _shared()
    last = _last(form)
    _structlog(least, [*shared, *last])
    handler = _ToStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    # A poll that takes longer than its interval is no news.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(least, logging.WARNING) if least > logging.DEBUG else least)


def set_up_quietly() -> None:
    """Send what is at least a warning to stderr, for commands whose output is on stdout."""
    _structlog(logging.WARNING, [*_shared(), *_last("text")])


def name_in_request(**ids: object) -> None:
    """Have ids in every line that is logged on behalf of the request, until it ends."""
    # What was bound first is what has to be restored.
    g.bound = bind_contextvars(**ids) | g.get("bound", {})


def end_request() -> None:
    """Forget what :func:`name_in_request` was given: the thread goes on to answer others."""
    reset_contextvars(**g.pop("bound", {}))


def without_secrets(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace the values of keys that name a secret, at any depth; a structlog processor."""
    for key, value in event.items():
        event[key] = _shown(key, value)
    return event


def _shown(key: str, value: Any) -> Any:
    if any(word in key.lower() for word in _SECRET):
        return "***"
    if isinstance(value, Mapping):
        return {inner: _shown(str(inner), held) for inner, held in value.items()}
    return value


def _shared() -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_secrets,
    ]


def _last(form: str) -> list[Any]:
    """Return what makes a line of an event."""
    if form == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # Plain: a trace with local variables would show what customers wrote, and secrets.
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    return [console]


def _structlog(least: int, processors: list[Any]) -> None:
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


class _ToStderr(logging.StreamHandler[TextIO]):
    """Writes to what stderr is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)
