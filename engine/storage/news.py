"""What a commit changed, told to all processes on PostgreSQL: with NOTIFY, and heard with LISTEN.

It is told in the transaction, so that it arrives when the commit does, and not at all if there is
none. A notification is at most 8000 bytes long; several are sent for many changes, and for very
many the word that one has to look at everything again.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import psycopg
import structlog
from sqlalchemy import Connection

from engine.ports import Change
from engine.storage.wire import wire_of
from engine.troubles import Troubles

_log = structlog.get_logger(__name__)

#: Name of the notifications. They reach the processes on this database alone.
CHANNEL = "corral_changes"
#: Bytes of a notification at most; PostgreSQL refuses 8000.
LARGEST = 7_900
#: The kinds of change are words of our own; they get into the streams of open pages as they are.
_KIND = re.compile(r"[a-z_]{1,40}")
#: Changes of one commit that are told one by one. An open page would reload at more anyway.
MOST = 200

#: Seconds between two looks whether to stop, and before a connection that broke is made again.
_LOOK, _PAUSE = 0.5, 1.0
#: Silent seconds after which the connection is tried. A host that vanished closes nothing.
_SILENCE = 15.0
#: So that trying it fails within seconds, whatever the network in between does.
_WATCHED: Mapping[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
#: Told with almost every commit, so every microsecond counts.
_TELL = "SELECT pg_notify($1, $2)"


def tell(connection: Connection, changes: Sequence[Change]) -> None:
    """Tell of ``changes`` once the transaction of ``connection`` is committed."""
    by_workspace: dict[str, dict[Change, None]] = {}
    for change in changes:
        by_workspace.setdefault(change.workspace, {})[change] = None
    for workspace, once in by_workspace.items():
        for payload in _payloads(workspace, list(once)):
            wire_of(connection).ask(_TELL, (CHANNEL, payload))


class ChangeFeed:
    """Hears what all processes on the database commit, in a thread with a connection of its own."""

    def __init__(
        self,
        address: Mapping[str, Any],
        *,
        heard: Callable[[Sequence[Change]], None],
        missed: Callable[[str | None], None],
    ) -> None:
        """Keep all of it; nothing is heard before :meth:`start`.

        Args:
            address: what psycopg connects with; a pooler that gives each transaction another
                connection cannot be listened through.
            heard: called with changes of one commit or of a part of it.
            missed: called when changes may have been missed, with the workspace concerned; None
                is all of them, after the connection was made anew.
        """
        self._address = {**address, **_WATCHED}
        self._heard, self._missed = heard, missed
        self._troubles = Troubles()
        self._stopping = threading.Event()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="news", daemon=True)

    @property
    def listening(self) -> bool:
        """Tell whether changes are heard at this moment."""
        return self._listening.is_set()

    def start(self) -> None:
        """Listen from now on, through whatever happens to the connection."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more; takes a second at most, unless the database does not answer."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5 * _LOOK)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with psycopg.connect(**self._address, autocommit=True) as connection:
                    self._listen(connection)
            except psycopg.Error as error:
                if self._troubles.is_news(CHANNEL, str(error)):
                    _log.warning("live updates are interrupted", error=str(error).strip())
            finally:
                self._listening.clear()
            self._stopping.wait(_PAUSE)

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        connection.execute(f"LISTEN {CHANNEL}")
        self._listening.set()
        if self._troubles.over(CHANNEL):
            _log.info("live updates go on")
        self._missed(None)
        silent = 0.0
        while not self._stopping.is_set():
            silent += _LOOK
            for notification in connection.notifies(timeout=_LOOK):
                silent = 0.0
                self._take(notification.payload)
            if silent >= _SILENCE:
                connection.execute("SELECT 1")
                silent = 0.0

    def _take(self, payload: str) -> None:
        try:
            told = json.loads(payload)
            workspace = str(told["workspace"])
            changes = [_change(workspace, *each) for each in told["changes"]]
        except (ValueError, TypeError, LookupError, RecursionError):
            # Somebody else notifies under our name, or another version of this program does.
            _log.warning("a notification is not understood", payload=payload[:200])
            self._missed(None)
            return
        if changes:
            self._heard(changes)
        else:
            self._missed(workspace)


def _change(workspace: str, kind: Any, id: Any, queue: Any) -> Change:
    """Return a change whose fields are what they have to be: whoever may connect may notify.

    Raises:
        ValueError: they are not.
    """
    if not (isinstance(kind, str) and _KIND.fullmatch(kind)) or type(id) is not int:
        raise ValueError("no change")
    return Change(workspace, kind, id, None if queue is None else str(queue))


def _payloads(workspace: str, changes: Sequence[Change]) -> Iterator[str]:
    """Yield the notifications for changes of one workspace. One without any says: look again."""
    if len(changes) > MOST:
        yield _written(workspace, [])
        return
    payload = _written(workspace, changes)
    # All of it is ASCII, so characters are bytes.
    if len(payload) <= LARGEST:
        yield payload
    elif len(changes) == 1:
        yield _written(workspace, [])
    else:
        half = len(changes) // 2
        yield from _payloads(workspace, changes[:half])
        yield from _payloads(workspace, changes[half:])


def _written(workspace: str, changes: Sequence[Change]) -> str:
    told = [(change.kind, change.id, change.queue) for change in changes]
    return json.dumps({"workspace": workspace, "changes": told}, separators=(",", ":"))
