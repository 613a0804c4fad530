"""The crash matrix for any network: whatever dies and whenever, nothing is posted twice or lost.

A folder of tests inherits :class:`Crashes` and gives it a :class:`Scene`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import ChannelAccount, Page, Reply, ReplyStatus
from channels.outbox import Outbox
from channels.polling import Poller
from channels.sealing import Seals
from channels.storage import prepare
from engine import Engine, Source
from tests.channels.conftest import ANSWERING, LISTENING, FakeClock, lapse
from tests.networks.stand_in import StandIn

SEALS = Seals.of("ab" * 32)


class Mortal:
    """A network in a process that is killed at a call, or at a page."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.dies = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        if self.dies == "before":
            raise KeyboardInterrupt
        id: str = self._inner.send(account, reply)
        if self.dies == "after":
            raise KeyboardInterrupt
        return id

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        for page in self._inner.fetch(account, after):
            if self.dies == "with a page":
                raise KeyboardInterrupt
            yield page
            if self.dies == "after a page":
                raise KeyboardInterrupt


class House:
    """A process of Corral that can be begun again on the same database."""

    def __init__(
        self, url: str, clock: FakeClock, account: ChannelAccount, network: type[Any],
        *sources: Source,
    ) -> None:  # fmt: skip
        self._url, self._network, self._channel = url, network, account.channel
        self.clock = clock
        self.begin()
        prepare(self.engine)
        answering = ANSWERING.replace('retries="2"', 'retries="20"')
        self.engine.deploy([*sources] or [
            Source("listening.bpmn", LISTENING.encode()),
            Source("answering.bpmn", answering.encode()),
        ])  # fmt: skip
        kept = self.conversations.ensure_account(
            account.channel, account.handle, settings=dict(account.settings),
            secrets=dict(account.secrets),
        )  # fmt: skip
        self.account_id = kept.id

    def begin(self, silence: float = 20.0) -> None:
        """Begin as a new process does: nothing is known but what the database holds."""
        self.engine = Engine.open(self._url, clock=self.clock)
        self.network = Mortal(self._network(self.clock.now, silence=silence))
        networks: Any = {self._channel: self.network}
        self.poller = Poller(self.engine, Intake(self.engine, channels=networks), networks, SEALS)
        self.outbox = Outbox(self.engine, networks, seals=SEALS)
        self.conversations = Conversations(self.engine, SEALS)

    def is_killed(self) -> None:
        """End without a word, and begin anew when the leases of the dead are over."""
        self.engine.close()
        self.begin()
        lapse(self.engine)

    def lives(self, minutes: float) -> None:
        """Let time pass, looking and sending every twenty seconds."""
        for _ in range(int(minutes * 3)):
            self.clock.passes(seconds=20)
            self.poller.work()
            self.outbox.work()
            self.engine.fire_due(self.clock.now())

    def answers(self, text: str = "Sorry!", conversation: int = 1, **more: Any) -> None:
        """Have a process answer in a conversation."""
        told = {"conversation": conversation, "text": text, "private": False, "approved": None}
        self.engine.start("answering", told | more)

    def mentions(self, conversation: int = 1) -> list[str]:
        posts = self.conversations.conversation(conversation).posts
        return [post.text for post in posts if post.kind == "mention"]


class Scene(ABC):
    """A house, the stand-in it reads, and a customer who writes in one conversation."""

    #: Part of the method and path of the call that posts.
    posting = "POST"
    server: StandIn

    def __init__(self, house: House) -> None:
        self.house = house

    @abstractmethod
    def says(self, text: str) -> str:
        """Have the customer write, and return the text as a mention has it."""

    @abstractmethod
    def ours(self) -> list[str]:
        """Return the external ids of our own posts."""

    def is_answered_once(self) -> bool:
        """Tell whether there is one post of ours, and the reply knows it."""
        reply = self.house.conversations.reply(1)
        return reply.status is ReplyStatus.SENT and self.ours() == [reply.external_id]


class Crashes:
    """Tests of a scene in which the customer has written once."""

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_killed_at_the_call(self, scene: Scene, when: str) -> None:
        # given
        house = scene.house
        house.network.dies = when
        house.answers()
        with pytest.raises(KeyboardInterrupt):
            house.outbox.work()

        # when
        house.is_killed()
        house.lives(5)

        # then
        assert scene.is_answered_once()

    @pytest.mark.parametrize("fault", ["late", "500 after", "500 before", "gone after",
                                       "gone before", "cut", "garbled", "429 bare"])  # fmt: skip
    def test_an_answer_that_is_late_or_lost(self, scene: Scene, fault: str) -> None:
        # given
        scene.server.fails(fault, scene.posting)
        if fault == "late":
            scene.house.engine.close()
            scene.house.begin(silence=0.5)

        # when
        scene.house.answers()
        scene.house.lives(5)

        # then
        assert scene.is_answered_once()

    def test_killed_while_nobody_knows_whether_it_went_out(self, scene: Scene) -> None:
        # given
        scene.server.fails("gone after", scene.posting)
        scene.house.answers()
        scene.house.outbox.work()
        scene.server.fails("500 before", "GET", times=3)

        # when
        scene.house.is_killed()
        scene.house.lives(5)

        # then
        assert scene.is_answered_once()

    def test_away_for_ten_minutes(self, scene: Scene) -> None:
        # given
        scene.server.down()
        scene.house.answers()
        texts = [scene.says(f"still waiting {number}") for number in range(3)]
        scene.house.lives(10)
        waiting = scene.house.conversations.reply(1).status

        # when
        scene.server.up()
        scene.house.lives(10)

        # then
        assert waiting is ReplyStatus.RETRYABLE
        assert scene.is_answered_once()
        assert scene.house.mentions()[1:] == texts

    @pytest.mark.parametrize("when", ["with a page", "after a page"])
    def test_killed_while_reading(self, scene: Scene, when: str) -> None:
        # given
        texts = [scene.says(f"number {number}") for number in range(130)]
        scene.house.network.dies = when
        scene.house.clock.passes(minutes=1)
        with pytest.raises(KeyboardInterrupt):
            scene.house.poller.work()

        # when
        scene.house.is_killed()
        scene.house.lives(2)

        # then
        assert scene.house.mentions()[1:] == texts
