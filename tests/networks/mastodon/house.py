"""The real rooms around the network: engine, intake, poller and outbox over one database."""

from __future__ import annotations

from typing import Any

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import ChannelAccount, Reply
from channels.networks.mastodon import MastodonNetwork
from channels.outbox import Outbox
from channels.polling import Poller
from channels.sealing import Seals
from channels.storage import prepare
from engine import Engine, Source
from tests.channels.conftest import ANSWERING, LISTENING, lapse
from tests.networks.mastodon.conftest import Stage

SEALS = Seals.of("ab" * 32)


class MortalNetwork(MastodonNetwork):
    """The network in a process that is killed at a call: before it leaves, or once it is done."""

    dies = ""

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        if self.dies == "before":
            raise KeyboardInterrupt
        id = super().send(account, reply)
        if self.dies == "after":
            raise KeyboardInterrupt
        return id


class House:
    """A process of Corral that can be begun again on the same database."""

    def __init__(self, url: str, stage: Stage, *sources: Source) -> None:
        self.url, self.clock, self.stage = url, stage.clock, stage
        self.begin()
        prepare(self.engine)
        self.engine.deploy([*sources] or [
            Source("listening.bpmn", LISTENING.encode()),
            Source("answering.bpmn", ANSWERING.replace('retries="2"', 'retries="20"').encode()),
        ])  # fmt: skip
        self.conversations.ensure_account(
            "mastodon", stage.account.handle, settings=dict(stage.account.settings),
            secrets=dict(stage.account.secrets),
        )  # fmt: skip

    def begin(self, *, silence: float = 5.0) -> None:
        """Begin as a new process does: nothing is known but what the database holds."""
        self.engine = Engine.open(self.url, clock=self.clock)
        self.network = MortalNetwork(self.clock.now, silence=silence)
        networks = {"mastodon": self.network}
        self.intake = Intake(self.engine, channels=networks)
        self.poller = Poller(self.engine, self.intake, networks, SEALS)
        self.outbox = Outbox(self.engine, networks, seals=SEALS)
        self.conversations = Conversations(self.engine, SEALS)

    def dies(self) -> None:
        """End without a word, and begin anew when the leases of the dead are over."""
        self.engine.close()
        self.begin()
        lapse(self.engine)

    def lives(self, minutes: float) -> None:
        """Let time pass, looking and sending every ten seconds."""
        for _ in range(int(minutes * 6)):
            self.clock.passes(seconds=10)
            self.poller.work()
            self.outbox.work()
            self.engine.fire_due(self.clock.now())

    def answers(self, text: str = "Sorry!", conversation: int = 1, **more: Any) -> None:
        """Have a process answer in a conversation."""
        wanted = {"conversation": conversation, "text": text, "private": False, "approved": None}
        self.engine.start("answering", wanted | more)

    def read(self) -> list[str]:
        """Return the newest mention of every conversation of the first customer, oldest first."""
        found = self.conversations.of_customer(1, limit=1_000)
        return [one.last_text for one in sorted(found, key=lambda one: one.last_at)]
