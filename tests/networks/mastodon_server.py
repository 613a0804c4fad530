"""A server that speaks Mastodon's language, for tests: real HTTP on 127.0.0.1, told to fail."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.networks.mastodon_world import MASTODON, Make, World, stamp

TOKEN = "token-of-acme"


@dataclass
class Fault:
    """What goes wrong with the next calls of a kind."""

    kind: str
    method: str
    path: str
    times: int
    more: dict[str, Any] = field(default_factory=dict)


class MastodonServer:
    """The server: its world, its faults, and the calls it has heard."""

    def __init__(
        self, make: Make = MASTODON, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.world = World(make, clock)
        self.faults: list[Fault] = []
        self.calls: list[tuple[str, str, dict[str, list[str]]]] = []
        self.released = threading.Event()
        #: Calls that it says it allows in five minutes; it takes any number.
        self.allows = 300
        self._port = 0
        self.up()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def up(self) -> None:
        """Listen, on the same port as before."""
        self._http = _Http(("127.0.0.1", self._port), self)
        self._port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def down(self) -> None:
        """Refuse every connection, and break those there are."""
        self.cut_streams()
        self._http.shutdown()
        self._http.server_close()

    def close(self) -> None:
        self.released.set()
        self.down()

    def cut_streams(self) -> None:
        for line in self.world.streams:
            line.put(None)

    def fail(
        self, kind: str, method: str = "GET", path: str = "/", *, times: int = 1, **more: Any
    ) -> None:
        """Have the next calls fail. Kinds: see :meth:`Handler.spoilt`."""
        self.faults.append(Fault(kind, method, path, times, more))

    def fault_of(self, method: str, path: str) -> Fault | None:
        with self.world.lock:
            for fault in self.faults:
                if fault.times and fault.method == method and path.startswith(fault.path):
                    fault.times -= 1
                    return fault
        return None

    def heard(self, method: str, path: str) -> int:
        """Return how many calls came to a path."""
        return sum(m == method and p.startswith(path) for m, p, _ in self.calls)


@contextmanager
def running(make: Make = MASTODON, **more: Any) -> Iterator[MastodonServer]:
    server = MastodonServer(make, **more)
    try:
        yield server
    finally:
        server.close()


def fields_of(kind: str, body: bytes) -> dict[str, list[Any]]:
    """Return the fields of a form in parts; of a file its type and content."""
    told = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    found: dict[str, list[Any]] = {}
    for part in told.get_payload():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        file = part.get_filename()
        found[name] = [(part.get_content_type(), content) if file else content.decode()]
    return found


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, where: tuple[str, int], owner: MastodonServer) -> None:
        self.owner = owner
        super().__init__(where, Handler)

    def handle_error(self, *_: Any) -> None:
        """Say nothing: clients hang up as they like."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits 40 ms for a receipt of its head
    server: _Http

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.called("GET", urlsplit(self.path).query)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type") or ""
        if kind.startswith("multipart/"):
            self.called("POST", "", fields_of(kind, body))
        else:
            self.called("POST", body.decode())

    def called(self, method: str, asked: str, parts: dict[str, list[Any]] | None = None) -> None:
        owner, path = self.server.owner, urlsplit(self.path).path
        params: dict[str, list[Any]] = parts or parse_qs(asked, keep_blank_values=True)
        owner.calls.append((method, path, params))
        fault = owner.fault_of(method, path)
        if fault and fault.kind in ("reset", "500", "429", "429 bare", "no json", "status"):
            self.spoilt(fault, None)
        elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.give(owner.world.make.bad_token, {"error": "The access token is invalid"})
        elif path.startswith("/api/v1/streaming/"):
            self.streaming(fault)
        else:
            key = self.headers.get("Idempotency-Key")
            status, told = owner.world.answer(method, path, params, key)
            self.spoilt(fault, told) if fault else self.give(status, told)

    def spoilt(self, fault: Fault, told: Any) -> None:
        """Answer as a fault wants it: before any effect, or, with `told`, after it."""
        kind, more = fault.kind, fault.more
        if kind == "429":
            reset = stamp(self.server.owner.world.clock() + timedelta(seconds=90))
            self.give(429, {"error": "Too many requests"}, {"X-RateLimit-Reset": reset})
        elif kind == "429 bare":
            self.give(429, {"error": "Too many requests"}, {"X-RateLimit-Reset": ""})
        elif kind == "status":
            self.give(more["code"], more.get("told", {"error": more.get("error", "no")}))
        elif kind in ("500", "500 after"):
            self.give(500, {"error": "Something went wrong"})
        elif kind == "no json":
            self.give(200, None, raw=b"<html>down for maintenance</html>")
        elif kind == "odd headers":
            self.give(200, told, {"X-RateLimit-Reset": "soon", "X-RateLimit-Remaining": "some"})
        elif kind == "truncated":
            self.give(200, None, raw=json.dumps(told).encode()[:-20])
        elif kind == "cut":
            raw = json.dumps(told).encode()
            self.give(200, None, raw=raw[:-20], length=len(raw))
        elif kind == "silence":
            self.server.owner.released.wait(30)
        elif kind == "twice":
            self.give(200, [one for one in told for _ in "12"])
        elif kind == "shuffled":
            self.give(200, told[1::2] + told[::2])
        self.close_connection = kind in ("reset", "reset after", "cut", "silence")

    def give(
        self, status: int, told: Any, headers: dict[str, str] | None = None,
        *, raw: bytes | None = None, length: int | None = None,
    ) -> None:  # fmt: skip
        content = json.dumps(told).encode() if raw is None else raw
        self.send_response_only(status)
        self.send_header("Date", format_datetime(self.server.owner.world.clock(), usegmt=True))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content) if length is None else length))
        reset = self.server.owner.world.clock() + timedelta(minutes=5)
        allows = self.server.owner.allows
        rates = {"X-RateLimit-Limit": f"{allows}", "X-RateLimit-Remaining": f"{allows - 1}"}
        rates["X-RateLimit-Reset"] = stamp(reset)
        for name, value in (rates | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def streaming(self, fault: Fault | None) -> None:
        if fault:
            self.spoilt(fault, {})
            return
        line: queue.Queue[str | None] = queue.Queue()
        self.server.owner.world.streams.append(line)
        self.send_response_only(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        told: str | None = ":)\n\n"
        while told is not None:
            content = told.encode()
            self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
            told = line.get()
        self.close_connection = True
