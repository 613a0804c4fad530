"""Calls from outside: what a network brings by itself, or that it has news.

Each account has an address, and the network's file (:class:`channels.protocol.Receiving`) tells
whether a call is genuine and what it brings. What it brings is stored before the call is answered,
so a caller that hears "well" may forget it, and one that hears anything else comes again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import structlog
from structlog.contextvars import bound_contextvars

from channels.conversations import Conversations
from channels.errors import ChannelError, NetworkFaultError, NotUnderstoodError
from channels.intake import Intake
from channels.model import ChannelAccount
from channels.protocol import Call, Channel, Received, Receiving
from channels.sealing import Seals, hiding
from channels.storage import accounts, dead_letters, hearing
from engine import Engine
from engine.errors import NotFoundError

#: Bytes of one call at most.
LARGEST_CALL = 2 * 1024 * 1024
#: Seconds after which a caller is asked to come again.
AGAIN = 300
_AWAY = Received(503, b"Not now. Come again later.", headers={"Retry-After": str(AGAIN)})

_log = structlog.get_logger(__name__)


def whose(engine: Engine, hook: str) -> tuple[str, int]:
    """Return the key of the workspace, and the id, of the account that is called at an address.

    Raises:
        NotFoundError: it is nobody's address.
    """
    if not (hook.isascii() and hook.isprintable()):
        raise NotFoundError("address", hook)
    with engine.reading() as view:
        found = accounts.called_at(view.connection, hook)
    if found is None:
        raise NotFoundError("address", hook)
    return found


class Receiver:
    """Takes calls for the accounts of one workspace."""

    def __init__(
        self,
        engine: Engine,
        channels: Mapping[str, Channel],
        seals: Seals | None = None,
    ) -> None:
        """Bind to a workspace, with the networks by name; ``seals`` have no key by default."""
        self._engine, self._channels = engine, channels
        self._seals = seals or Seals()
        self._rows = Conversations(engine, self._seals)
        self._intake = Intake(engine, channels=self._channels)

    def receives(self, channel: str) -> bool:
        """Tell whether accounts of a network can be called."""
        return isinstance(self._channels.get(channel), Receiving)

    def receive(self, account_id: int, call: Call) -> Received:
        """Let the network's file judge a call, store what it brings, and return the answer.

        Raises:
            NotFoundError: there is no such account, or nobody calls accounts of its network.
        """
        account = self._rows.account(account_id).account
        network = self._channels.get(account.channel)
        if not isinstance(network, Receiving):
            raise NotFoundError("address", account.hook)
        if not account.enabled:
            return _AWAY
        key = self._engine.workspace.key
        with bound_contextvars(workspace=key, channel=account.channel, account=account.handle):
            try:
                opened = self._seals.opened(key, account)
                with hiding(opened.secrets):
                    answer = network.receive(opened, call)
                if answer.page is not None:
                    self._intake.take(account, replace(answer.page, position=None))
            except NetworkFaultError as fault:
                _log.error("channel.call_failed", exception=fault.trace)
                return _AWAY
            except NotUnderstoodError as error:
                self._keep(account, error, call)
                return Received(422, str(error).encode())
            except ChannelError as error:
                _log.warning("channel.call_put_off", why=str(error))
                return _AWAY
            if answer.id is not None:
                self._came_right(account, answer.id)
            if answer.wake:
                self._wake(account_id)
        return answer

    def _keep(self, account: ChannelAccount, error: NotUnderstoodError, call: Call) -> None:
        """Keep what nobody has understood; its sender may never come again."""
        letter = {
            "account_id": account.id, "direction": dead_letters.IN, "external_id": error.id,
            "reply_id": None, "body": call.body, "why": str(error),
        }  # fmt: skip
        with self._engine.transaction() as uow:
            dead_letters.keep(uow.connection, uow.workspace_id, letter, call.at)
        _log.warning("channel.call_not_understood", call=error.id)

    def _came_right(self, account: ChannelAccount, id: str) -> None:
        with self._engine.transaction() as uow:
            dead_letters.came_right(uow.connection, account.id, id, self._engine.clock.now())

    def _wake(self, account_id: int) -> None:
        with self._engine.transaction() as uow:
            hearing.wake(uow.connection, account_id, self._engine.clock.now())
