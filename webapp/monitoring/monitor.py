"""The three addresses a watcher asks, wherever they are served: by the pages or beside a worker.

===============  =============================================================================
address          answer
===============  =============================================================================
/health/live     200 while the process answers; looks at nothing
/health/ready    200 when every check is well, else 503; one line a check
/metrics         figures in the text format of Prometheus, to whoever bears the token; 404
                 while no token is set, because figures tell how business goes
===============  =============================================================================
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field

from webapp.monitoring.health import Health
from webapp.monitoring.metrics import TEXT, Metrics

LIVE, READY, METRICS = "/health/live", "/health/ready", "/metrics"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over HTTP."""

    status: int
    body: bytes
    type: str = _JSON
    headers: dict[str, str] = field(default_factory=dict)


class Monitor:
    """Answers the watchers of one process. Safe to ask from many threads."""

    def __init__(self, health: Health, metrics: Metrics, token: str = "") -> None:
        """Keep what is told; without ``token`` the figures are told to nobody."""
        self.health = health
        self.metrics = metrics
        self._token = token

    def answer(self, path: str, authorization: str = "") -> Answer:
        """Return the answer to a GET of ``path`` with that header ``Authorization``."""
        if path == LIVE:
            return Answer(200, _body({"status": "live"}))
        if path == READY:
            return self._ready()
        if path == METRICS and self._token:
            return self._metrics(authorization)
        return Answer(404, _body({"status": "not found"}))

    def _ready(self) -> Answer:
        report = self.health.report()
        status = "ready" if report.ready else "not ready"
        body = _body({"status": status, "checks": dict(report.checks)})
        return Answer(200 if report.ready else 503, body)

    def _metrics(self, authorization: str) -> Answer:
        scheme, _, given = authorization.partition(" ")
        # Compared as bytes: texts that are not ASCII are refused with an error.
        same = hmac.compare_digest(given.strip().encode("utf-8", "replace"), self._token.encode())
        if scheme.lower() != "bearer" or not same:
            hint = {"WWW-Authenticate": 'Bearer realm="metrics"'}
            return Answer(401, _body({"status": "token wanted"}), headers=hint)
        return Answer(200, self.metrics.shown(), TEXT)


def _body(content: object) -> bytes:
    """Return JSON of one line a key, as people read it with curl."""
    return json.dumps(content, indent=2).encode() + b"\n"
