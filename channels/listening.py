"""Lines to networks that tell of news: a stream, an IDLE. Each is a wake-up, and nothing more.

What was heard is never stored: the account is looked at sooner, and the look reads from the
position that was committed last. So a line may break, tell twice or stay silent: nothing is lost.

Of all workers one listens to an account, under a lease of its own: an account can be read by one
worker and listened to by another. Each line is a thread, because it waits for the network most of
the time. A line that breaks is opened again after a pause, longer each time that it breaks at once.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import monotonic

import structlog
from structlog.contextvars import bound_contextvars

from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.model import ChannelAccount
from channels.ports import Polls
from channels.protocol import Channel, Listening
from channels.sealing import Seals, hiding
from channels.storage import hearing
from engine import Engine
from engine.jobs import back_off

#: Seconds between two looks at the lines, and seconds a lease on a line lasts without one.
EVERY, LEASE = 3.0, 30.0
#: A network that has no such line, or does not accept the account, is asked again so often.
REFUSED_PAUSE = timedelta(minutes=10)
#: A line that held for so long is not one that breaks at once.
HELD = timedelta(minutes=1)
#: Seconds in which many wake-ups become one: a look reads all there is.
TOGETHER = 0.25
#: Seconds that lines have to end in, when we end.
ENDING = 12.0

_log = structlog.get_logger(__name__)


class Listener:
    """Listens to the accounts of one workspace whose networks have lines."""

    def __init__(
        self,
        engine: Engine,
        channels: Mapping[str, Channel],
        seals: Seals | None = None,
    ) -> None:
        """Bind to a workspace, with the networks by name; ``seals`` have no key by default."""
        self._engine, self._channels = engine, channels
        self._seals = seals or Seals()
        self._name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"
        self._lines: dict[int, _Line] = {}
        self._pauses: dict[int, tuple[int, datetime]] = {}  # account: failures, not before
        self._ending = threading.Event()

    def schedule(self, polls: Polls) -> None:
        """Have :meth:`work` called every few seconds from now on."""
        polls.add_poll(f"listening:{self._engine.workspace.key}", EVERY, self.work)

    def work(self) -> int:
        """Keep the leases, drop lines that broke, open those that are due; return how many hold."""
        self._drop_broken()
        self._keep()
        if not self._ending.is_set() and self._listening():
            self._open()
        return len(self._lines)

    def end(self) -> None:
        """Open no line any more, and end those that are open. Returns at once."""
        self._ending.set()
        for line in list(self._lines.values()):
            line.ended.set()

    def close(self) -> None:
        """Wait until the lines have ended, and let others listen to their accounts."""
        self.end()
        until = monotonic() + ENDING
        for account_id, line in list(self._lines.items()):
            line.thread.join(max(until - monotonic(), 0.0))
            line.close()
            self._give_back(account_id)
        self._lines.clear()

    def _listening(self) -> list[str]:
        return [name for name, each in self._channels.items() if isinstance(each, Listening)]

    def _drop_broken(self) -> None:
        now = self._engine.clock.now()
        for account_id, line in list(self._lines.items()):
            if line.thread.is_alive():
                continue
            del self._lines[account_id]
            line.close()
            self._give_back(account_id)
            failures = 0 if now - line.opened_at >= HELD else self._pauses.get(account_id, (0,))[0]
            pause = REFUSED_PAUSE if line.refused else back_off(failures + 1)
            self._pauses[account_id] = (failures + 1, now + pause)

    def _keep(self) -> None:
        """Renew the leases; an account that is off, or another's by now, is left alone."""
        for account_id, line in self._lines.items():
            if not line.ended.is_set() and not self._lease(account_id):
                line.ended.set()

    def _open(self) -> None:
        now = self._engine.clock.now()
        with self._engine.reading() as view:
            free = hearing.unheard(view.connection, view.workspace_id)
        for account in free:
            channel = self._channels.get(account.channel)
            waits_until = self._pauses.get(account.id, (0, now))[1]
            if not isinstance(channel, Listening) or account.id in self._lines or waits_until > now:
                continue
            if self._lease(account.id):
                self._lines[account.id] = _Line(self._engine, channel, account, self._seals)

    def _lease(self, account_id: int) -> bool:
        with self._engine.transaction() as uow:
            return hearing.hear(uow.connection, account_id, lease=self._name, seconds=LEASE)

    def _give_back(self, account_id: int) -> None:
        with self._engine.transaction() as uow:
            hearing.hear_no_more(uow.connection, account_id, lease=self._name)


class _Line:
    """One line, in a thread of its own."""

    def __init__(
        self, engine: Engine, channel: Listening, account: ChannelAccount, seals: Seals
    ) -> None:
        self.ended = threading.Event()
        self.refused = False
        self.opened_at = engine.clock.now()
        self._engine = engine
        self._channel = channel
        self._account = account
        self._seals = seals
        self._wakes = _Together(self._wake)
        self.thread = threading.Thread(target=self._run, name="listening", daemon=True)
        self.thread.start()

    def close(self) -> None:
        self._wakes.close()

    def _run(self) -> None:
        account, key = self._account, self._engine.workspace.key
        with bound_contextvars(workspace=key, channel=account.channel, account=account.handle):
            try:
                account = self._seals.opened(key, account)
                with hiding(account.secrets):
                    self._channel.listen(account, self._wakes.call, self.ended)
            except ChannelRefusedError as error:
                self.refused = True
                _log.warning("channel.not_heard", why=str(error))
            except ChannelUnavailableError as error:
                _log.info("channel.line_broken", why=str(error))
            except Exception as error:  # noqa: BLE001
                # Whatever a network's file does: the account is polled all the same.
                _log.error("channel.line_failed", exc_info=error)

    def _wake(self) -> None:
        try:
            with self._engine.transaction() as uow:
                hearing.wake(uow.connection, self._account.id, self._engine.clock.now())
        except Exception:  # noqa: BLE001 - the network's file has no part in what the database has
            _log.warning("channel.not_woken", exc_info=True)


class _Together:
    """Makes one call of many that come close together, and never loses the last of them."""

    def __init__(self, func: Callable[[], None]) -> None:
        self._func = func
        self._lock = threading.Lock()
        self._called_at: float | None = None
        self._later: threading.Timer | None = None
        self._closed = False

    def call(self) -> None:
        with self._lock:
            if self._closed or self._later is not None:
                return
            now = monotonic()
            if self._called_at is not None and now - self._called_at < TOGETHER:
                self._later = threading.Timer(TOGETHER, self._call_late)
                self._later.daemon = True
                self._later.start()
                return
            self._called_at = now
        self._func()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._later is not None:
                self._later.cancel()

    def _call_late(self) -> None:
        with self._lock:
            self._later = None
            if self._closed:
                return
            self._called_at = monotonic()
        self._func()
