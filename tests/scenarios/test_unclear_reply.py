"""A reply that breaks off for good: the real process, engine and outbox, and a person who looks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from channels.conversations import Conversations
from channels.errors import ChannelUnavailableError, DeliveryUnknownError
from channels.intake import Intake
from channels.model import Author, ChannelAccount, Mention, Page, Reply, ReplyStatus
from channels.networks.demo import DemoNetwork
from channels.outbox import Outbox
from channels.shown import Post
from channels.signals import OfflineSignals
from channels.storage import prepare
from channels.verdicts import INQUIRIES
from engine import Engine, UserTask
from processes import files

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ANSWER = "Your parcel is on its way."


class BrokenLine(DemoNetwork):
    """A network that breaks off while it is sent an answer, and then cannot tell."""

    def __init__(self) -> None:
        super().__init__(lambda: MORNING)
        self.broken = 1  #: so many answers break off
        self.keys: list[str] = []

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        if reply.text != ANSWER:
            return super().send(account, reply)
        self.keys.append(reply.idempotency_key)
        if len(self.keys) <= self.broken:
            raise DeliveryUnknownError("The connection broke.")
        return super().send(account, reply)

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        raise ChannelUnavailableError("The network cannot tell.")


class House:
    """The whole product but its pages: one complaint, one agent, one broken line."""

    def __init__(self) -> None:
        self.present = MORNING
        self.engine = Engine.in_memory(clock=self)
        prepare(self.engine)
        self.engine.deploy(files("complaint"))
        self.line = BrokenLine()
        self.conversations = Conversations(self.engine)
        self.outbox = Outbox(self.engine, {"demo": self.line})
        account = self.conversations.ensure_account("demo", "acme", settings={"trouble": 0})
        author = Author("maya", "maya", "Maya", reach=10)
        mention = Mention("m1", author, "@acme my parcel never came!", MORNING, "m1")
        Intake(self.engine, OfflineSignals(), {"demo": self.line}).take(account, Page((mention,)))

    def now(self) -> datetime:
        return self.present

    def passes(self, **span: float) -> None:
        self.present += timedelta(**span)
        self.engine.pump(self.present)
        self.outbox.work()

    def agent(self, by: str = "ana", **data: str) -> None:
        self.engine.complete(self.task().id, data, by=by)

    def until_a_person_is_asked(self) -> None:
        for _ in range(INQUIRIES + 2):
            self.passes(minutes=3)

    def task(self) -> UserTask:
        (task,) = self.engine.user_tasks()
        return task

    def answers(self) -> list[Post]:
        return [post for post in self.conversations.conversation(1).posts if post.text == ANSWER]


@pytest.fixture
def house() -> Iterator[House]:
    found = House()
    found.agent(answer=ANSWER)
    found.until_a_person_is_asked()
    yield found
    found.engine.close()


def test_an_unclear_reply_is_asked_about_and_shown_as_unclear(house: House) -> None:
    # then
    assert house.task().name == "Did the reply go out?"
    (post,) = house.answers()
    assert (post.status, post.author) == (ReplyStatus.UNKNOWN, "ana")


def test_yes_marks_the_reply_as_sent_and_nothing_is_posted_twice(house: House) -> None:
    # when
    house.agent(by="sam", went_out="yes")
    at_once = house.answers()
    house.passes(minutes=1)

    # then
    (post,) = at_once
    assert (post.status, post.author, post.error) == (
        ReplyStatus.SENT, "ana", "sam has seen it on the network.",
    )  # fmt: skip
    assert len(house.line.keys) == 1
    waiting = {place.element for place in house.engine.instance(1).waiting}
    assert {"customer_answered", "silence"} <= waiting


def test_no_marks_it_as_not_sent_and_a_new_reply_with_another_key_goes_out(house: House) -> None:
    # when
    house.agent(by="sam", went_out="no")
    house.passes(seconds=1)

    # then
    first, second = house.answers()
    assert (first.status, first.error) == (
        ReplyStatus.REFUSED, "sam says that it did not go out.",
    )  # fmt: skip
    assert (second.status, second.author) == (ReplyStatus.SENT, "ana")
    assert len(set(house.line.keys)) == 2


def test_a_second_break_asks_again_about_the_second_reply(house: House) -> None:
    # given
    house.line.broken = 2
    house.agent(went_out="no")
    house.until_a_person_is_asked()

    # when
    asked = house.engine.variables(1)["went_out"]
    house.agent(went_out="yes")

    # then
    assert asked == ""
    assert [post.status for post in house.answers()] == [ReplyStatus.REFUSED, ReplyStatus.SENT]
