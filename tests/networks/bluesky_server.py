"""A server of the AT Protocol, for tests: real HTTP on 127.0.0.1, told to fail."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.networks.bluesky_world import NoError, World

#: Faults that come before any effect; all others come after it.
_BEFORE = ("500", "429", "429 bare", "reset", "no")


@dataclass
class Fault:
    """What goes wrong with the next calls of a method."""

    kind: str
    method: str
    times: int
    error: NoError | None = None


class BlueskyServer:
    """The server: its world, its faults, and the calls it has heard."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.world = World(clock)
        self.faults: list[Fault] = []
        self.calls: list[str] = []
        self.proxied: list[str] = []
        self.released = threading.Event()
        self._port = 0
        self.up()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def up(self) -> None:
        """Listen, on the same port as before."""
        self._http = _Http(("127.0.0.1", self._port), self)
        self._port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def down(self) -> None:
        """Refuse every connection."""
        self._http.shutdown()
        self._http.server_close()

    def close(self) -> None:
        self.released.set()
        self.down()

    def fail(self, kind: str, method: str, *, times: int = 1, error: NoError | None = None) -> None:
        """Have the next calls of a method fail."""
        self.faults.append(Fault(kind, method, times, error))

    def heard(self, method: str) -> int:
        """Return how often a method was called."""
        return self.calls.count(method)

    def fault_of(self, method: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and fault.method == method:
                fault.times -= 1
                return fault
        return None


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, where: tuple[str, int], owner: BlueskyServer) -> None:
        self.owner = owner
        super().__init__(where, Handler)

    def handle_error(self, *_: Any) -> None:
        """Say nothing: clients hang up as they like."""


class Handler(BaseHTTPRequestHandler):
    server: _Http

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.called(parse_qs(urlsplit(self.path).query, keep_blank_values=True), None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type") or ""
        if kind in ("", "application/json"):
            self.called({}, json.loads(body) if body else {})
        else:
            self.called({}, {"type": kind, "content": body})

    def called(self, asked: dict[str, list[str]], told: Any) -> None:
        owner, name = self.server.owner, urlsplit(self.path).path.removeprefix("/xrpc/")
        method = name.rpartition(".")[2]
        owner.calls.append(method)
        if self.headers.get("atproto-proxy"):
            owner.proxied.append(method)
        fault = owner.fault_of(method)
        if fault and fault.kind in _BEFORE:
            self.spoilt(fault, {})
            return
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        try:
            answer = owner.world.answer(name, asked, told, token)
        except NoError as no:
            self.give(no.status, no.told)
            return
        if fault:
            self.spoilt(fault, answer)
        else:
            self.give(200, answer)

    def spoilt(self, fault: Fault, told: Any) -> None:
        """Answer as a fault wants it."""
        raw = json.dumps(told).encode()
        if fault.kind == "no" and fault.error:
            self.give(fault.error.status, fault.error.told)
        elif fault.kind == "429":
            self.give(429, {"error": "RateLimitExceeded"}, {"ratelimit-reset": "90"})
        elif fault.kind == "429 bare":
            self.give(429, {"error": "RateLimitExceeded"})
        elif fault.kind.startswith("500"):
            self.give(500, {"error": "InternalServerError"})
        elif fault.kind == "truncated":
            self.give(200, None, raw=raw[:-5])
        elif fault.kind == "cut":
            self.give(200, None, raw=raw[:-5], length=len(raw))
        elif fault.kind == "silence":
            self.server.owner.released.wait(30)
        elif fault.kind == "nothing":
            self.give(200, [])

    def give(
        self, status: int, told: Any, headers: dict[str, str] | None = None,
        *, raw: bytes | None = None, length: int | None = None,
    ) -> None:  # fmt: skip
        content = json.dumps(told).encode() if raw is None else raw
        self.send_response_only(status)
        self.send_header("Date", format_datetime(self.server.owner.world.clock(), usegmt=True))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
