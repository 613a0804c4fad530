"""The real rooms around the webhook: besides those of any network, its calls and dead letters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from channels.dead_letters import DeadLetters
from channels.model import ChannelAccount
from channels.networks.webhook import WebhookNetwork
from channels.protocol import Call, Received
from channels.receiving import Receiver
from channels.signing import sign
from engine import Source
from tests.channels.conftest import START as NOW
from tests.channels.conftest import FakeClock
from tests.networks import crashing
from tests.networks.crashing import SEALS
from tests.networks.webhook_server import SECRET, WebhookServer

__all__ = ["NOW", "House", "call_of", "created"]


def call_of(
    told: Any,
    at: datetime,
    id: str = "msg_1",
    *,
    secrets: Sequence[str] = (SECRET,),
    **headers: str,
) -> Call:
    """Return a signed call; ``told`` is its body, or what its JSON says."""
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    return Call("POST", "", {}, {**sign(secrets, id, at, body), **headers}, body, "127.0.0.1", at)


def created(id: str = "m-1", text: str | None = "It is broken", **data: Any) -> dict[str, Any]:
    """Return the body that tells of a mention."""
    about = {"id": id, "text": text, "author": {"id": "bob", "name": "Bob"}, **data}
    return {"type": "mention.created", "timestamp": NOW.isoformat(), "data": about}


class House(crashing.House):
    """A process of Corral that can be begun again on the same database."""

    def __init__(self, url: str, server: WebhookServer, clock: FakeClock, *sources: Source) -> None:
        self.server = server
        account = ChannelAccount(
            1, "webhook", "shop", secrets={"secrets": SECRET},
            settings={"address": server.address, "private_network": True},
        )  # fmt: skip
        super().__init__(url, clock, account, WebhookNetwork, *sources)

    def begin(self, silence: float = 20.0) -> None:
        super().begin(silence)
        self.receiver = Receiver(self.engine, {"webhook": WebhookNetwork()}, SEALS)
        networks: Any = {"webhook": self.network}
        self.letters = DeadLetters(self.engine, self.outbox.withholding, networks)

    def hears(self, told: Any, id: str = "msg_1", **more: Any) -> Received:
        """Be called, as the system outside does it."""
        return self.receiver.receive(1, call_of(told, self.clock.now(), id, **more))

    def posts(self, conversation: int = 1) -> list[str]:
        return [post.text for post in self.conversations.conversation(conversation).posts]
