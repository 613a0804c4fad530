"""Runs the application in gunicorn: one worker with many threads, and one way to stop.

The parent only watches. The worker, in gunicorn's sense, opens the database after the fork, answers
requests and does what else its service does. SIGTERM and SIGINT mean the same: take no new request,
end the open live pages, wait for running work, exit 0.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Protocol

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import ThreadWorker

from engine.collecting import settle
from webapp.settings import Settings

#: Seconds that running requests get before the worker is ended.
PATIENCE = 20
#: Seconds between two looks at whether a signal came.
_LOOK_EVERY = 0.5


class PortTakenError(Exception):
    """The address cannot be listened on; the text says why and what to do."""


class Service(Protocol):
    """What runs in the worker."""

    app: Flask

    def start(self) -> None:
        """Begin to wake, poll and send."""
        ...

    def end_streams(self) -> None:
        """End the open live pages."""
        ...

    def stop(self) -> None:
        """Wait for running work and close the database."""
        ...


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on ``host`` and ``port`` (0: any free one).

    Raises:
        PortTakenError: somebody else listens there, or the address is not ours.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        raise PortTakenError(
            f"Nothing can listen on {host} port {port}: {error.strerror or error}. Choose another "
            "one with --port, or stop what uses it."
        ) from None


def serve(listener: socket.socket, settings: Settings, service: Callable[[], Service]) -> None:
    """Serve until SIGTERM or SIGINT, then leave through ``SystemExit(0)``.

    Args:
        listener: where requests arrive.
        settings: how many threads, how much is logged.
        service: called once in the worker, after the fork.
    """
    _Server(listener, settings, service).run()


@contextmanager
def until_told_to_stop() -> Iterator[Callable[[], None]]:
    """Give what waits for SIGTERM or SIGINT, in the main thread of a process without requests.

    Until the block ends they do nothing else, however often they come.
    """
    told = threading.Event()

    def wait() -> None:
        # The system may hand a signal to any thread. Python acts on it in the main one, which a
        # wait without end would keep from it.
        while not told.wait(_LOOK_EVERY):
            pass

    def stop(_number: int, _frame: FrameType | None) -> None:
        told.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield wait
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Worker(ThreadWorker):  # type: ignore[misc]
    """A worker that ends live pages when asked to stop; they would never end by themselves."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop gracefully; a second signal changes nothing."""
        service = getattr(self.app, "service", None)
        if service is not None:
            # Not in the signal handler: it may have interrupted somebody who holds the lock.
            self.app.ending = threading.Thread(target=service.end_streams, daemon=True)
            self.app.ending.start()
        super().handle_exit(sig, frame)

    # The terminal sends SIGINT to parent and worker alike; for the worker that is no emergency.
    handle_quit = handle_exit


class _Watcher(Arbiter):  # type: ignore[misc]
    """A parent for which SIGINT is as graceful as SIGTERM."""

    def handle_int(self) -> None:
        """Stop gracefully."""
        self.handle_term()


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(
        self, listener: socket.socket, settings: Settings, service: Callable[[], Service]
    ) -> None:
        self.listener = listener
        self.settings = settings
        self.make = service
        self.service: Service | None = None
        #: Ends the live pages, once we were asked to stop.
        self.ending: threading.Thread | None = None
        super().__init__()

    def load_config(self) -> None:
        """Set what differs from gunicorn's defaults."""
        chosen: dict[str, Any] = {
            # gunicorn takes the descriptor over and closes it.
            "bind": [f"fd://{self.listener.detach()}"],
            "workers": 1,
            "worker_class": _Worker,
            "threads": self.settings.threads,
            "worker_connections": self.settings.threads * 4,
            "graceful_timeout": PATIENCE,
            "timeout": 60,
            "keepalive": 5,
            "proc_name": "corral",
            "loglevel": "warning",
            "control_socket_disable": True,
            "worker_exit": lambda _server, _worker: self._leave(),
            # Whoever reaches us through proxies is known by ProxyFix alone.
            "forwarded_allow_ips": "",
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the application; gunicorn calls this in the worker."""
        self.service = self.make()
        self.service.start()
        settle()
        return self.service.app

    def run(self) -> None:
        """Watch the worker until a signal ends both."""
        # Python's own handler would raise KeyboardInterrupt in between; ours is set by gunicorn.
        with suppress(KeyboardInterrupt):
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            _Watcher(self).run()

    def _leave(self) -> None:
        if self.service is not None:
            service, self.service = self.service, None
            if self.ending is not None:
                self.ending.join()
            service.stop()
