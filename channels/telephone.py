"""Calls by phone, written down by whoever heard them: a mention like any other.

The file of the network (:class:`Telephone`) makes the mention; :class:`Calls` stores it, so that
agents can write down a call on a page. A form that is sent twice is one call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from channels.errors import ChannelRefusedError
from channels.intake import Intake
from channels.model import ChannelAccount, Mention, Page
from channels.protocol import Channel
from channels.storage import accounts, placing
from engine import Engine
from engine.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class PhoneCall:
    """What somebody said on the phone."""

    id: str  #: the same for every repeat
    number: str  #: of the caller, as it was typed or shown; empty: it was withheld
    text: str  #: what was said; empty: nobody answered
    at: datetime  #: UTC
    name: str = ""
    language: str = ""  #: ISO 639-1, of the caller; empty: as the text reads
    due: datetime | None = None  #: UTC; the caller wants to be called back until then


@runtime_checkable
class Telephone(Protocol):
    """A network of which people write down what they heard."""

    def mention(self, account: ChannelAccount, call: PhoneCall) -> Mention:
        """Return the mention that a call to ``account`` is.

        Raises:
            CallRejectedError: something of it cannot be read.
        """
        ...


class Calls:
    """Calls to the phones of one workspace."""

    def __init__(self, engine: Engine, channels: Mapping[str, Channel]) -> None:
        """Bind to a workspace, with the networks by name."""
        self._engine, self._channels = engine, channels
        self._intake = Intake(engine, channels=self._channels)

    def accounts(self) -> list[ChannelAccount]:
        """Return our accounts that can be called and are switched on."""
        phones = [name for name, one in self._channels.items() if isinstance(one, Telephone)]
        with self._engine.reading() as view:
            return accounts.switched_on(view.connection, view.workspace_id, phones)

    def log(self, account_id: int, call: PhoneCall) -> int:
        """Store a call to an account, and return the id of its conversation.

        Raises:
            NotFoundError: there is no such account.
            ChannelRefusedError: nobody can call it.
            CallRejectedError: something of the call cannot be read; nothing was stored.
        """
        with self._engine.reading() as view:
            state = accounts.state(view.connection, view.workspace_id, account_id)
        if state is None:
            raise NotFoundError("channel account", account_id)
        network = self._channels.get(state.account.channel)
        if not isinstance(network, Telephone):
            raise ChannelRefusedError(f"{state.account.handle} is no phone. Choose one that is.")
        mention = network.mention(state.account, call)
        self._intake.take(state.account, Page((mention,)))
        with self._engine.reading() as view:
            return placing.conversation_with(view.connection, account_id, mention.external_id)
