"""The crash matrix: whatever dies and whenever, no post is made twice and no mention is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import ChannelAccount, Reply, ReplyStatus
from channels.networks.bluesky import Bluesky
from channels.networks.bluesky import session as sessions
from channels.outbox import Outbox
from channels.polling import Poller
from channels.sealing import Seals
from channels.storage import prepare
from engine import Engine, Source
from engine.errors import NotFoundError
from tests.channels.conftest import ANSWERING, LISTENING, lapse
from tests.networks.bluesky.conftest import Stage
from tests.networks.bluesky_world import did

SEALS = Seals.of("ab" * 32)
#: A process that does not give up a reply within minutes.
PATIENT = ANSWERING.replace('retries="2"', 'retries="20"')
UNSURE = ["500", "500 after", "truncated", "cut", "reset", "nothing", "429", "429 bare"]


class Mortal(Bluesky):
    """The network in a process that is killed at a call: before it leaves, or once it is done."""

    dies = ""

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        if self.dies == "before":
            raise KeyboardInterrupt
        external_id = super().send(account, reply)
        if self.dies == "after":
            raise KeyboardInterrupt
        return external_id


class House:
    """A process of Corral that can be begun again on the same database."""

    def __init__(self, url: str, stage: Stage) -> None:
        self.url, self.stage, self.clock = url, stage, stage.clock
        self.begin()
        prepare(self.engine)
        self.engine.deploy([
            Source("listening.bpmn", LISTENING.encode()),
            Source("answering.bpmn", PATIENT.encode()),
        ])  # fmt: skip
        self.conversations.ensure_account(
            "bluesky", stage.account.handle, settings=dict(stage.account.settings),
            secrets=dict(stage.account.secrets),
        )  # fmt: skip

    def begin(self) -> None:
        """Begin as a new process does: nothing is known but what the database holds."""
        self.engine = Engine.open(self.url, clock=self.clock)
        self.network = Mortal(self.clock.now)
        networks = {"bluesky": self.network}
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

    def answers(self, *, private: bool) -> None:
        """Have a process answer in the first conversation."""
        told = {"conversation": 1, "text": "Sorry!", "private": private, "approved": None}
        self.engine.start("answering", told)

    def read(self) -> list[str]:
        """Return the mentions that are stored, by their text, in every conversation."""
        found: list[str] = []
        for id in range(1, 200):
            try:
                posts = self.conversations.conversation(id).posts
            except NotFoundError:
                break
            found += [post.text for post in posts if post.kind == "mention"]
        return found

    def sent_once(self) -> bool:
        """Tell whether there is one post or message of ours, and the one reply knows it."""
        world = self.stage.world
        ids = [post["uri"] for post in world.ours()]
        for convo, messages in world.convos.items():
            ids += [
                f"{convo}/{one['id']}" for one in messages if one["sender"]["did"] == did("acme")
            ]
        posts = self.conversations.conversation(1).posts
        replies = [post.external_id for post in posts if post.kind == "reply"]
        reply = self.conversations.reply(1)
        return reply.status is ReplyStatus.SENT and ids == [reply.external_id] == replies


@pytest.fixture
def house(stage: Stage, database_of: Callable[[str], str]) -> Iterator[House]:
    """A house with one mention in it."""
    opened = House(database_of("file"), stage)
    stage.says("where is my parcel?")
    opened.lives(1)
    assert len(opened.read()) == 1
    yield opened
    opened.engine.close()


@pytest.fixture(params=[False, True], ids=["public", "private"])
def private(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


# ---- replies


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_the_call(house: House, when: str, private: bool) -> None:
    # given
    house.network.dies = when
    house.answers(private=private)
    with pytest.raises(KeyboardInterrupt):
        house.outbox.work()

    # when
    house.dies()
    house.lives(5)

    # then
    assert house.sent_once()


def test_killed_after_the_call_and_not_begun_again_for_days(house: House, private: bool) -> None:
    # given
    house.network.dies = "after"
    house.answers(private=private)
    with pytest.raises(KeyboardInterrupt):
        house.outbox.work()

    # when
    house.clock.passes(days=5)
    house.dies()
    house.lives(5)

    # then
    assert house.sent_once()


def test_down_for_ten_minutes_while_a_reply_waits(house: House, private: bool) -> None:
    # given
    house.stage.server.down()
    house.answers(private=private)
    house.lives(10)
    assert house.conversations.reply(1).status is ReplyStatus.RETRYABLE

    # when
    house.stage.server.up()
    house.lives(10)

    # then
    assert house.sent_once()


def test_down_right_after_a_post_of_which_we_heard_nothing(house: House, private: bool) -> None:
    # given
    house.stage.server.fail("cut", "sendMessage" if private else "putRecord")
    house.answers(private=private)
    house.outbox.work()
    house.stage.server.down()
    house.lives(1)

    # when
    house.stage.server.up()
    house.lives(10)

    # then
    assert house.sent_once()


def test_answered_too_late(house: House, private: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setattr(sessions, "WHOLE", 0.3)
    house.dies()
    house.stage.server.fail("silence", "sendMessage" if private else "putRecord")
    house.answers(private=private)
    house.outbox.work()
    assert house.conversations.reply(1).status is ReplyStatus.UNKNOWN

    # when
    house.lives(3)

    # then
    assert house.sent_once()


@pytest.mark.parametrize("kind", UNSURE)
def test_a_fault_while_sending(house: House, kind: str, private: bool) -> None:
    house.stage.server.fail(kind, "sendMessage" if private else "putRecord")
    house.answers(private=private)
    house.lives(5)
    assert house.sent_once()


def test_a_post_that_appears_after_we_have_looked_for_it(house: House) -> None:
    # given: the call was cut off, and its effect is still on the way
    held: list[dict[str, object]] = []
    does = house.stage.world.on_putRecord
    house.stage.world.on_putRecord = (  # type: ignore[method-assign]
        lambda told: held.append(told) or {}
    )
    house.stage.server.fail("cut", "putRecord")
    house.answers(private=False)
    house.outbox.work()
    house.lives(1)

    # when
    house.stage.world.on_putRecord = does  # type: ignore[method-assign]
    house.lives(3)
    for told in held:
        with pytest.MonkeyPatch.context():
            does(told)

    # then
    assert house.sent_once()


# ---- mentions


def test_killed_before_a_page_is_committed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    for number in range(120):
        house.stage.says(str(number))
    taken = house.intake.take
    pages = iter([False, True])

    def dies(*args: object, **more: object) -> object:
        if next(pages):
            raise KeyboardInterrupt
        return taken(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(house.intake, "take", dies)
    house.clock.passes(minutes=2)
    with pytest.raises(KeyboardInterrupt):
        house.poller.work()

    # when
    house.dies()
    house.lives(3)

    # then
    assert house.read() == ["where is my parcel?", *map(str, range(120))]


def test_down_for_ten_minutes_while_customers_write(house: House) -> None:
    # given
    house.stage.server.down()
    for number in range(40):
        house.stage.says(str(number))
        house.lives(0.25)

    # when
    house.stage.server.up()
    house.lives(10)

    # then
    assert house.read() == ["where is my parcel?", *map(str, range(40))]
    assert len(house.engine.user_tasks(limit=100)) == 41
