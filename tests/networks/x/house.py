"""The real rooms around X: engine, intake, poller and outbox over one database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import AccountState, ChannelAccount, Page, Reply, ReplyStatus
from channels.networks.x import XNetwork
from channels.outbox import Outbox
from channels.polling import Poller
from channels.sealing import Seals
from channels.storage import prepare
from engine import Engine, Source
from tests.channels.conftest import ANSWERING, LISTENING, lapse
from tests.networks.x.conftest import Stage

SEALS = Seals.of("ab" * 32)


class MortalX(XNetwork):
    """The network in a process that is killed: at a call, or with the first page in its hands."""

    dies = ""

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        if self.dies == "before":
            raise KeyboardInterrupt
        id = super().send(account, reply)
        if self.dies == "after":
            raise KeyboardInterrupt
        return id

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        for page in super().fetch(account, after):
            if self.dies == "with a page":
                raise KeyboardInterrupt
            yield page
            if self.dies == "after a page":
                raise KeyboardInterrupt


class House:
    """A process of Corral that can be begun again on the same database."""

    def __init__(self, url: str, stage: Stage, **settings: Any) -> None:
        self.url, self.clock, self.stage = url, stage.clock, stage
        self.begin()
        prepare(self.engine)
        answering = ANSWERING.replace('retries="2"', 'retries="20"')
        self.engine.deploy([Source("listening.bpmn", LISTENING.encode())])
        self.engine.deploy([Source("answering.bpmn", answering.encode())])
        account = self.conversations.ensure_account(
            "x", stage.account.handle, settings={**stage.account.settings, **settings},
            secrets=dict(stage.account.secrets),
        )  # fmt: skip
        self.account_id = account.id

    def begin(self, patience: float = 20.0) -> None:
        """Begin as a new process does: nothing is known but what the database holds."""
        self.engine = Engine.open(self.url, clock=self.clock)
        self.network = MortalX(self.clock.now, patience=patience)
        networks = {"x": self.network}
        self.poller = Poller(self.engine, Intake(self.engine, channels=networks), networks, SEALS)
        self.outbox = Outbox(self.engine, networks, seals=SEALS)
        self.conversations = Conversations(self.engine, SEALS)

    def is_killed(self) -> None:
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

    def answers(
        self, text: str = "Sorry!", conversation: int = 1, *, private: bool = False
    ) -> None:
        """Have a process answer in a conversation."""
        told = {"conversation": conversation, "text": text, "private": private, "approved": None}
        self.engine.start("answering", told)

    def mentions(self, conversation: int = 1) -> list[str]:
        posts = self.conversations.conversation(conversation).posts
        return [post.text for post in posts if post.kind == "mention"]

    def state(self) -> AccountState:
        return self.conversations.account(self.account_id)

    def is_answered_once(self) -> bool:
        """Tell whether there is one post of ours, and the reply knows it."""
        reply = self.conversations.reply(1)
        ids = [str(one.id) for one in self.stage.world.own()]
        return reply.status is ReplyStatus.SENT and ids == [reply.external_id]
