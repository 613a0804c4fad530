"""The monitor's addresses on a port of their own, for processes that serve no pages.

A thread answers each request, and there are so many at most; whoever is slow is cut off after a
few seconds. What strangers do there must not get in the way of the work beside it.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from time import monotonic
from typing import Any

from webapp.monitoring.monitor import Monitor
from webapp.serving import listen
from webapp.settings import Settings

#: Seconds that a request may take to arrive, and its answer to be taken.
_PATIENCE = 5.0
#: Requests at a time; further ones are turned away.
_ROOM = 64
#: Bytes of a request, which has no body.
_LARGEST = 16_384


@contextmanager
def answering(monitor: Monitor, settings: Settings) -> Iterator[int | None]:
    """Answer on ``CORRAL_HOST`` and ``CORRAL_WORKER_PORT`` until the block ends.

    Gives the port, which is a free one where the setting says 0; None without the setting: then
    nothing is listened on.

    Raises:
        PortTakenError: nothing can listen there.
    """
    if settings.worker_port is None:
        yield None
        return
    with listen(settings.host, settings.worker_port) as bound:
        server = _Server(bound, monitor)
        threading.Thread(target=server.serve_forever, name="monitor", daemon=True).start()
        try:
            yield bound.getsockname()[1]
        finally:
            server.shutdown()
            server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, bound: socket.socket, monitor: Monitor) -> None:
        super().__init__(bound.getsockname()[:2], _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = bound
        self.monitor = monitor
        self.room = threading.BoundedSemaphore(_ROOM)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread, if there is room for one."""
        if self.room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, and make room."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Do nothing: whoever asked hung up before the answer, and that is their affair."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE
    #: Tells strangers neither the program nor its version.
    server_version, sys_version = "corral", ""

    def setup(self) -> None:
        """Take the whole request before anything else, however slowly it is sent."""
        super().setup()
        self.rfile = BytesIO(_head(self.connection))
        self.connection.settimeout(_PATIENCE)

    def do_GET(self) -> None:
        """Answer one request."""
        path = self.path.partition("?")[0]
        answer = self.server.monitor.answer(path, self.headers.get("Authorization", ""))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: probes come every few seconds."""


def _head(connection: socket.socket) -> bytes:
    """Return what arrives until the empty line behind the headers, or until patience is over."""
    told, end = b"", monotonic() + _PATIENCE
    while b"\r\n\r\n" not in told and len(told) < _LARGEST and (left := end - monotonic()) > 0:
        connection.settimeout(left)
        part = connection.recv(_LARGEST)
        if not part:
            break
        told += part
    return told
