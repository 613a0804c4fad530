"""The stream of a server, as a wake-up: what it tells is looked at again by reading."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import requests

from channels.calling import Answer, channel_error_in, judge
from channels.errors import CallRefusedError, ChannelError, ChannelRefusedError
from channels.errors import ChannelUnavailableError as Unavailable
from channels.networks.mastodon.server import Server
from channels.transport import Line, mount

#: Seconds of silence after which a line is taken for dead; servers send a sign of life every 15.
SILENCE = 40.0
#: Seconds between two looks at whether to end.
_BREATH = 0.5
#: Bytes of one event at most.
_LARGEST = 1_000_000


class Listener:
    """Listens to one server in a thread of its own, so that ending never waits for the network."""

    def __init__(self, server: Server, wake: Callable[[], None]) -> None:
        """Take whom to wake when there may be news."""
        self._server = server
        self._wake = wake
        self._response: requests.Response | None = None
        self._error: Exception | None = None

    def listen(self, ended: threading.Event) -> None:
        """Listen until ``ended`` is set.

        Raises:
            ChannelUnavailableError: the line broke.
            ChannelRefusedError: the server has no stream for us.
        """
        thread = threading.Thread(target=self._run, name="mastodon-stream", daemon=True)
        thread.start()
        try:
            while thread.is_alive() and not ended.is_set():
                ended.wait(_BREATH)
        finally:
            self._hang_up()
        if ended.is_set():
            return
        raise self._meant()

    def _run(self) -> None:
        try:
            for event, data in _events(self._connected()):
                self._hear(event, data)
        except Exception as error:  # noqa: BLE001
            # Told by the thread that waits for us, unless it is over anyway.
            self._error = error

    def _connected(self) -> requests.Response:
        session = mount(requests.Session(), Line(read=SILENCE))
        base = self._server.terms().streaming or self._server.address
        self._response = response = session.get(
            f"{base}/api/v1/streaming/user",
            headers={**self._server.auth, "Accept": "text/event-stream"},
            stream=True,
        )
        if response.status_code != 200:
            content = response.raw.read(2_000, decode_content=True)
            judge(Answer(response.status_code, response.headers, content), self._server.host)
        if "event-stream" not in response.headers.get("content-type", ""):
            raise ChannelRefusedError(f"{self._server.host} streams in a way we do not speak.")
        # What came between the last look and this moment is not told.
        self._wake()
        return response

    def _hear(self, event: str, data: str) -> None:
        """Wake if an event is about a mention; the home timeline is full of others."""
        if event == "notification":
            if _told(data, "type") in ("mention", "quote"):
                self._wake()
        elif event == "notifications_merged":
            self._wake()
        elif event in ("delete", "status.update"):
            id = data.strip().strip('"') if event == "delete" else str(_told(data, "id"))
            if id in self._server.watched:
                self._server.changed.add(id)
                self._wake()

    def _hang_up(self) -> None:
        """Let a thread that waits for the next word go; closing alone would not."""
        if self._response is not None:
            with suppress(OSError, ValueError, RuntimeError, AttributeError):
                self._response.raw.shutdown()

    def _meant(self) -> ChannelError:
        known = channel_error_in(self._error)
        if isinstance(known, CallRefusedError):
            return ChannelRefusedError(f"{self._server.host} has no stream for the account.")
        if isinstance(known, Unavailable | ChannelRefusedError):
            return known
        return Unavailable(f"The stream of {self._server.host} broke off.")


def _events(response: requests.Response) -> Iterator[tuple[str, str]]:
    """Yield the events of a stream: their names and data."""
    event, data = "message", [""][:0]
    for line in _lines(response):
        if not line:
            if data:
                yield event, "\n".join(data)
            event, data = "message", []
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                event = value
            elif name == "data":
                data.append(value)


def _lines(response: requests.Response) -> Iterator[str]:
    rest = b""
    for chunk in response.iter_content(8_192):
        *lines, rest = (rest + chunk).replace(b"\r\n", b"\n").split(b"\n")
        if len(rest) > _LARGEST:
            raise Unavailable("A stream told of something too long.")
        for line in lines:
            yield line.decode("utf-8", "replace")


def _told(data: str, name: str) -> Any:
    with suppress(ValueError, RecursionError):
        told = json.loads(data)
        return told.get(name) if isinstance(told, dict) else None
    return None
