"""Several workers that send the replies of one database: none is sent twice, none is lost."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from channels.conversations import Conversations
from channels.delivery import BELIEVED
from channels.errors import ChannelUnavailableError
from channels.intake import Intake
from channels.model import ChannelAccount, Page, ReplyStatus
from channels.outbox import Outbox
from channels.storage import replies
from engine import Engine, InstanceStatus
from tests.channels.answering import start
from tests.channels.conftest import FakeClock, lapse, mention, own_post
from tests.channels.interrupted import Interrupted, dies


@pytest.fixture
def network() -> Interrupted:
    return Interrupted()


@pytest.fixture
def conversation(intake: Intake, account: ChannelAccount) -> None:
    intake.take(account, Page((mention(1),)))


@pytest.fixture
def other(engine: Engine, outbox: Outbox, network: Interrupted) -> Outbox:
    """What sends the replies in one more worker."""
    return Outbox(engine, {"fake": network})


@pytest.mark.usefixtures("conversation")
def test_given_a_reply_that_is_being_sent_when_others_look_then_it_is_not_taken_for_left_behind(
    engine: Engine, outbox: Outbox, other: Outbox, network: Interrupted, clock: FakeClock
) -> None:
    # given: the clock of the other host is far ahead
    start(engine)
    touched: list[int] = []

    def look() -> None:
        clock.passes(hours=5)
        touched.append(other.work())
        clock.passes(hours=-5)

    network.while_sending = look

    # when
    outbox.work()

    # then
    assert touched == [0]
    assert len(network.posted) == len(network.calls) == 1


@pytest.mark.usefixtures("conversation")
def test_given_a_sender_alone_when_it_begins_then_it_waits_for_no_lease(
    engine: Engine, outbox: Outbox, network: Interrupted, conversations: Conversations
) -> None:
    # given
    start(engine)
    network.while_sending = dies
    with pytest.raises(KeyboardInterrupt):
        outbox.work()

    # when
    beside_others = Outbox(engine, {"fake": network}).begin()
    alone = Outbox(engine, {"fake": network}, alone=True).begin()

    # then
    assert (beside_others, alone) == (0, 1)
    assert conversations.reply(1).status is ReplyStatus.UNKNOWN


class Successor:
    """A worker that sends the reply again, and is in the midst of it when the first one reports."""

    def __init__(
        self, engine: Engine, outbox: Outbox, network: Interrupted, clock: FakeClock
    ) -> None:
        self.engine, self.outbox, self.network, self.clock = engine, outbox, network, clock
        self.seen: list[ReplyStatus] = []
        self._begun, self._reported = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work)

    def begins(self) -> None:
        """Let the lease of the first one be over, and wait until the network is called."""
        lapse(self.engine)
        self.network.while_sending = self._wait
        self._thread.start()
        assert self._begun.wait(30)

    def goes_on(self) -> None:
        """Let the call end, and wait until the outcome is written."""
        self._reported.set()
        self._thread.join(30)

    def _work(self) -> None:
        for _ in range(BELIEVED + 1):
            if not self._begun.is_set():
                self.outbox.work()
                self.clock.passes(minutes=1)

    def _wait(self) -> None:
        self._begun.set()
        assert self._reported.wait(30)
        self.seen.append(Conversations(self.engine).reply(1).status)


@pytest.fixture
def successor(engine: Engine, other: Outbox, network: Interrupted, clock: FakeClock) -> Successor:
    return Successor(engine, other, network, clock)


@pytest.mark.usefixtures("conversation")
def test_given_a_late_failure_while_the_next_attempt_is_under_way_then_that_one_goes_on(
    engine: Engine,
    outbox: Outbox,
    successor: Successor,
    network: Interrupted,
    conversations: Conversations,
) -> None:
    # given
    start(engine)

    def late_failure() -> None:
        successor.begins()
        raise ChannelUnavailableError("nothing was posted")

    network.while_sending = late_failure

    # when
    outbox.work()
    successor.goes_on()

    # then
    assert successor.seen == [ReplyStatus.SENDING]
    assert conversations.reply(1).status is ReplyStatus.SENT
    assert len(network.calls) == 1


@pytest.mark.usefixtures("conversation")
def test_given_an_old_answer_that_a_reply_is_not_there_then_the_next_attempt_goes_on(
    engine: Engine,
    outbox: Outbox,
    successor: Successor,
    network: Interrupted,
    clock: FakeClock,
    conversations: Conversations,
) -> None:
    # given: two workers ask at once, and one is sending again when the other hears "not there"
    start(engine)
    network.while_sending = dies
    with pytest.raises(KeyboardInterrupt):
        outbox.work()
    lapse(engine)
    for _ in range(BELIEVED):
        outbox.work()
        clock.passes(minutes=1)
    network.while_looking = successor.begins

    # when
    outbox.work()
    successor.goes_on()

    # then
    assert successor.seen == [ReplyStatus.SENDING]
    assert conversations.reply(1).status is ReplyStatus.SENT
    assert len(network.calls) == 1


@pytest.mark.usefixtures("conversation")
def test_an_unknown_reply_is_asked_about_by_one_worker_at_a_time(
    engine: Engine, outbox: Outbox, other: Outbox, network: Interrupted, clock: FakeClock
) -> None:
    # given
    start(engine)
    network.while_sending = dies
    with pytest.raises(KeyboardInterrupt):
        outbox.work()
    lapse(engine)
    asked: list[int] = []
    network.while_looking = lambda: asked.append(other.settle(clock.now()))

    # when
    outbox.work()

    # then
    assert asked == [0]


@pytest.mark.usefixtures("conversation")
def test_given_a_sender_taken_for_dead_when_it_reports_that_it_went_out_then_it_is_believed(
    engine: Engine,
    outbox: Outbox,
    other: Outbox,
    network: Interrupted,
    conversations: Conversations,
    clock: FakeClock,
) -> None:
    # given
    instance = start(engine)

    def taken_for_dead() -> None:
        lapse(engine)
        assert other.recover(clock.now()) == 1

    network.while_sending = taken_for_dead

    # when
    outbox.work()

    # then
    assert conversations.reply(1).status is ReplyStatus.SENT
    assert engine.instance(instance).status is InstanceStatus.COMPLETED
    assert len(network.calls) == 1


def test_given_a_sender_that_was_stopped_between_two_replies_then_it_does_not_send_the_rest(
    engine: Engine,
    outbox: Outbox,
    other: Outbox,
    intake: Intake,
    account: ChannelAccount,
    network: Interrupted,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given: two conversations, a reply each, in one batch
    intake.take(account, Page((mention(1), mention(2, thread="t2"))))
    start(engine, "first")
    start(engine, "second", conversation=2)
    # Every call is preceded by a look at the lease, as after a long stop.
    monkeypatch.setattr("channels.outbox.LONGEST_CALL", 1e9)

    def taken_over() -> None:
        lapse(engine)
        other.recover(clock.now())

    network.while_sending = taken_over

    # when
    outbox.send_due(clock.now())
    by_the_stopped_one = [reply.text for reply in network.calls]
    monkeypatch.undo()
    for _ in range(BELIEVED + 2):
        other.work()
        clock.passes(minutes=1)

    # then
    assert by_the_stopped_one == ["first"]
    assert sorted(network.posted.values()) == ["first", "second"]
    assert len(network.calls) == 2


def test_given_a_worker_that_is_told_to_stop_then_it_gives_back_what_it_did_not_come_to(
    outbox: Outbox,
    other: Outbox,
    engine: Engine,
    intake: Intake,
    account: ChannelAccount,
    network: Interrupted,
    conversations: Conversations,
    clock: FakeClock,
) -> None:
    # given: a batch of two
    intake.take(account, Page((mention(1), mention(2, thread="t2"))))
    start(engine, "first")
    start(engine, "second", conversation=2)
    network.while_sending = outbox.end

    # when
    sent = outbox.send_due(clock.now())
    (left,) = (post for post in conversations.conversation(2).posts if post.kind == "reply")
    again = other.send_due(clock.now())

    # then: nobody waits for a lease, nobody has to look for it
    assert (sent, again) == (1, 1)
    assert left.status is ReplyStatus.APPROVED
    assert [(reply.text, reply.attempts) for reply in network.calls] == [
        ("first", 0), ("second", 0),
    ]  # fmt: skip


@pytest.mark.usefixtures("conversation")
def test_given_a_reply_that_the_network_shows_us_while_its_verdict_is_written_then_it_is_shown_once(
    engine: Engine,
    outbox: Outbox,
    intake: Intake,
    account: ChannelAccount,
    conversations: Conversations,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given: another worker reads our own post back between two statements of ours
    if engine.storage.database.sqlite:
        pytest.skip("SQLite lets one writer in at a time")
    make_room, shown = replies.make_room, list[int]()

    def overtaken(connection: Any, sent: Sequence[tuple[int, int, str]]) -> None:
        make_room(connection, sent)
        if not shown:
            post = replace(own_post(1), external_id=sent[0][2])
            with ThreadPoolExecutor(1) as thread:
                taken = thread.submit(intake.take, account, Page(own_posts=(post,))).result(30)
            shown.append(taken.own_posts)

    monkeypatch.setattr(replies, "make_room", overtaken)
    start(engine)

    # when
    outbox.work()

    # then
    assert shown == [1]
    assert [
        (post.text, post.status)
        for post in conversations.conversation(1).posts
        if post.kind == "reply"
    ] == [("Sorry!", ReplyStatus.SENT)]
