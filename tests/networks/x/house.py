"""The real rooms around X: engine, intake, poller and outbox over one database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from channels.model import AccountState, ReplyStatus
from channels.networks.x import XNetwork
from tests.networks import crashing
from tests.networks.x.conftest import Stage


class House(crashing.House):
    """A process of Corral with an account on X that can be begun again on the same database."""

    def __init__(self, url: str, stage: Stage, **settings: Any) -> None:
        self.stage = stage
        account = replace(stage.account, settings={**stage.account.settings, **settings})
        super().__init__(url, stage.clock, account, XNetwork)

    def state(self) -> AccountState:
        return self.conversations.account(self.account_id)

    def is_answered_once(self) -> bool:
        """Tell whether there is one post of ours, and the reply knows it."""
        reply = self.conversations.reply(1)
        ids = [str(one.id) for one in self.stage.world.own()]
        return reply.status is ReplyStatus.SENT and ids == [reply.external_id]
