"""What stand-ins for servers of plain HTTP have in common: real calls on 127.0.0.1, told to fail.

Faults, each for the next call that it fits: ``429`` and ``429 bare`` (without any word of when to
come back), ``500 before``, ``500 after``, ``gone before``, ``gone after``, ``late`` (it is done,
and never answered), ``cut`` (done; the answer ends in its middle), ``garbled`` (done; the answer is
no object), or an answer of any kind, given instead of doing anything.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_AFTER = {"500 after", "gone after", "late", "cut", "garbled"}


@dataclass
class Told:
    """An answer; what is no bytes goes out as JSON."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    """A call, as it came."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def one(self, name: str) -> str | None:
        """Return the only value of the query under a name."""
        return self.query[name][0] if name in self.query else None

    @property
    def form(self) -> dict[str, str]:
        """Return the fields of a form."""
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


class StandIn:
    """A server. ``heard`` is what it was asked; ``lock`` guards what it knows."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.lock = threading.RLock()
        self._faults: list[tuple[str | Told, str]] = []
        self._over = threading.Event()
        self._port = 0
        self.up()

    def answer(self, call: Heard) -> Told:
        """Return what a call is answered; the faults are looked after."""
        raise NotImplementedError

    def too_many(self, *, bare: bool) -> Told:
        """Return how too many calls are answered."""
        return Told(429, {}, {} if bare else {"Retry-After": "120"})

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def fails(self, fault: str | Told, where: str = "", times: int = 1) -> None:
        """Meet the next calls whose method and path hold ``where`` with a fault."""
        self._faults += [(fault, where)] * times

    def asked(self, part: str) -> int:
        """Return how many calls have ``part`` in their method and path."""
        return sum(part in f"{one.method} {one.path}" for one in self.heard)

    def down(self) -> None:
        """Take no connections any more."""
        self._http.shutdown()
        self._http.server_close()

    def up(self) -> None:
        """Take connections, at the address of before."""
        self._http = ThreadingHTTPServer(("127.0.0.1", self._port), _Handler)
        self._http.daemon_threads = True
        self._http.owner = self  # type: ignore[attr-defined]
        self._port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=[0.01], daemon=True).start()

    def close(self) -> None:
        self._over.set()
        self.down()

    def answered(self, call: Heard) -> tuple[str | Told, Told]:
        """Return the fault that a call meets, and what it is answered."""
        with self.lock:
            self.heard.append(call)
            fits = [one for one in self._faults if one[1] in f"{call.method} {call.path}"]
            if not fits:
                return "", self.answer(call)
            self._faults.remove(fits[0])
            fault = fits[0][0]
            if isinstance(fault, Told):
                return fault, fault
            done = self.answer(call) if fault in _AFTER else Told(500, {})
            if fault.startswith("429"):
                return fault, self.too_many(bare=fault == "429 bare")
            return fault, Told(502, b"<html>out of order</html>") if "500" in fault else done


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        server: StandIn = self.server.owner  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        call = Heard(self.command, parts.path, query, self.headers, body)  # type: ignore[arg-type]
        fault, told = server.answered(call)
        if fault == "late":
            server._over.wait(30)
        if isinstance(fault, str) and fault in {"late", "gone before", "gone after"}:
            self._vanish()
            return
        self._give(told, fault)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        return

    def _give(self, told: Told, fault: str | Told) -> None:
        content = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
        content = b"[]" if fault == "garbled" else content
        self.send_response(told.status)
        usual = {"content-type": "application/json", "content-length": str(len(content))}
        if self.close_connection:  # the caller wants no more than this
            usual["connection"] = "close"
        for name, value in {**usual, **told.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if fault == "cut" else content)
        self.close_connection |= fault == "cut"

    def _vanish(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
