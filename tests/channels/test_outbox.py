"""Replies out: in order, at most once, and whatever happens is told to the process."""

from __future__ import annotations

import pytest

from channels.conversations import Conversations
from channels.delivery import digest
from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    ReplyRefusedError,
)
from channels.intake import Intake
from channels.model import ChannelAccount, Page, ReplyStatus
from channels.outbox import BATCH, Outbox
from engine import Engine, InstanceStatus
from tests.channels.answering import start, waits_at
from tests.channels.conftest import FakeClock, FakeNetwork, mention, own_post


@pytest.fixture(autouse=True)
def _conversation(intake: Intake, account: ChannelAccount) -> None:
    intake.take(account, Page((mention(1), mention(2, author="stranger"))))
    intake.take(account, Page((mention(3, thread="t2"),)))


def test_given_a_send_task_when_sent_then_the_process_knows_the_external_id(
    engine: Engine,
    outbox: Outbox,
    network: FakeNetwork,
    clock: FakeClock,
    conversations: Conversations,
) -> None:
    # given
    clock.passes(hours=1)
    instance = start(engine)

    # when
    outbox.work()

    # then
    (reply,) = network.calls
    assert (reply.text, reply.thread, reply.by) == ("Sorry!", "t1", "ana")
    assert engine.instance(instance).status is InstanceStatus.COMPLETED
    told = engine.variables(instance)["reply"]
    stored = conversations.reply(told["id"])
    assert stored.status is ReplyStatus.SENT
    assert stored.external_id == told["external_id"]
    assert [post.kind for post in conversations.conversation(1).posts][-1] == "reply"


def test_a_public_reply_answers_the_newest_mention_a_private_one_the_customer_alone(
    engine: Engine, outbox: Outbox, network: FakeNetwork
) -> None:
    # when
    start(engine)
    start(engine, private=True)
    outbox.work()

    # then
    assert [(r.recipient, r.in_reply_to) for r in network.calls] == [
        ("stranger", "m2"), ("bob", "m1"),
    ]  # fmt: skip


def test_sending_is_committed_before_the_network_is_called(
    engine: Engine, outbox: Outbox, network: FakeNetwork, conversations: Conversations
) -> None:
    # given
    seen = []
    network.watch = lambda reply: seen.append(conversations.reply(reply.id).status)
    start(engine)

    # when
    outbox.work()

    # then
    assert seen == [ReplyStatus.SENDING]


def test_replies_of_one_conversation_go_out_in_order_even_if_the_first_has_to_wait(
    engine: Engine, outbox: Outbox, network: FakeNetwork, clock: FakeClock
) -> None:
    # given
    start(engine, "first")
    start(engine, "second")
    start(engine, "elsewhere", conversation=2)
    network.failures = [ChannelUnavailableError("busy")]

    # when
    outbox.work()
    sent_meanwhile = list(network.posted.values())
    clock.passes(minutes=1)
    outbox.work()

    # then
    assert sent_meanwhile == ["elsewhere"]
    assert list(network.posted.values()) == ["elsewhere", "first", "second"]


@pytest.mark.parametrize(
    ("text", "more", "why"),
    [
        ("x" * 51, {}, "Shorten it by 1"),
        ("  ", {}, "no text"),
        ("other", {"approved": digest("this")}, "not the one that was approved"),
        ("hello", {"conversation": 99}, "names no conversation"),
        ("hello", {"conversation": "1"}, "names no conversation"),
        ("hello", {"conversation": 2**63}, "names no conversation"),
    ],
)
def test_what_must_not_be_sent_is_refused_without_calling_the_network(
    engine: Engine,
    outbox: Outbox,
    network: FakeNetwork,
    conversations: Conversations,
    text: str,
    more: dict[str, object],
    why: str,
) -> None:
    # given
    instance = start(engine, text, **more)

    # when
    outbox.work()

    # then
    assert network.calls == []
    assert waits_at(engine, instance) == ["rewrite"]
    assert why in str(conversations.reply(1).error)


def test_a_text_with_its_own_digest_is_sent(
    engine: Engine, outbox: Outbox, network: FakeNetwork
) -> None:
    start(engine, "this", approved=digest("this"))
    outbox.work()
    assert list(network.posted.values()) == ["this"]


def test_a_network_without_private_replies_refuses_them(
    engine: Engine, outbox: Outbox, network: FakeNetwork
) -> None:
    network.can_reply_privately = False
    instance = start(engine, private=True)
    outbox.work()
    assert waits_at(engine, instance) == ["rewrite"]


def test_a_refusal_of_the_network_reaches_the_error_boundary(
    engine: Engine, outbox: Outbox, network: FakeNetwork
) -> None:
    network.failures = [ReplyRefusedError("duplicate content")]
    instance = start(engine)
    outbox.work()
    assert waits_at(engine, instance) == ["rewrite"]


@pytest.mark.parametrize("failure", [ChannelUnavailableError("down"), ChannelRefusedError("key")])
def test_given_an_outage_when_it_lasts_then_an_incident_and_after_it_the_reply_is_sent(
    engine: Engine, outbox: Outbox, network: FakeNetwork, clock: FakeClock, failure: Exception
) -> None:
    # given
    network.failures = [failure, failure]
    instance = start(engine)

    # when
    outbox.work()
    clock.passes(minutes=5)
    outbox.work()

    # then
    (incident,) = engine.incidents()
    assert incident.job_id is not None
    clock.passes(hours=1)
    outbox.work()
    assert len(network.calls) == 2

    # when
    engine.resolve(incident.id, by="olga")
    clock.passes(minutes=1)
    outbox.work()

    # then
    assert list(network.posted.values()) == ["Sorry!"]
    assert engine.instance(instance).status is InstanceStatus.COMPLETED


def test_the_pause_a_network_asks_for_is_kept(
    engine: Engine, outbox: Outbox, network: FakeNetwork, clock: FakeClock
) -> None:
    # given
    network.failures = [ChannelUnavailableError("slow down", retry_after=900)]
    start(engine)
    outbox.work()

    # when
    clock.passes(minutes=14)
    outbox.work()
    early = len(network.calls)
    clock.passes(minutes=2)
    outbox.work()

    # then
    assert (early, len(network.calls)) == (1, 2)


def test_two_outboxes_never_send_the_same_reply(
    engine: Engine, outbox: Outbox, network: FakeNetwork, clock: FakeClock
) -> None:
    # given
    other = Outbox(engine, {"fake": network})
    start(engine)
    network.watch = lambda _reply: other.send_due(clock.now())

    # when
    outbox.work()
    other.work()

    # then
    assert len(network.calls) == 1


def test_a_reply_whose_process_was_cancelled_is_withdrawn(
    engine: Engine, outbox: Outbox, network: FakeNetwork, conversations: Conversations
) -> None:
    # given
    instance = start(engine)
    engine.cancel(instance, by="olga")

    # when
    outbox.work()

    # then
    assert network.calls == []
    assert "Withdrawn" in str(conversations.reply(1).error)


def test_more_replies_than_a_batch_are_all_sent(
    engine: Engine, outbox: Outbox, intake: Intake, account: ChannelAccount, network: FakeNetwork
) -> None:
    # given
    threads = [mention(100 + n, thread=f"many{n}") for n in range(BATCH + 5)]
    intake.take(account, Page(tuple(threads)))
    for number in range(BATCH + 5):
        start(engine, conversation=3 + number)

    # when
    touched = outbox.work()

    # then
    assert touched == len(network.calls) == BATCH + 5


def test_our_reply_that_the_network_shows_us_back_is_shown_once(
    engine: Engine,
    outbox: Outbox,
    intake: Intake,
    account: ChannelAccount,
    network: FakeNetwork,
    conversations: Conversations,
) -> None:
    # given
    seen_early = Page(own_posts=(own_post(9),))
    shown = []

    def answer(_reply: object) -> None:
        shown.append(intake.take(account, seen_early).own_posts)

    network.watch = answer
    network.send = lambda account, reply: (answer(reply), "o9")[1]  # type: ignore[method-assign, assignment, return-value]
    start(engine)

    # when
    outbox.work()
    intake.take(account, seen_early)

    # then
    assert shown == [1]
    replies = [post for post in conversations.conversation(1).posts if post.kind == "reply"]
    assert [(post.external_id, post.text) for post in replies] == [("o9", "Sorry!")]
