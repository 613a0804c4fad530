"""What the channels log: every line names its conversation, and none quotes a customer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture

from channels.errors import ChannelUnavailableError
from channels.intake import Intake
from channels.model import ChannelAccount, Page
from channels.outbox import Outbox
from channels.polling import Poller
from engine import Engine
from tests.channels.answering import start
from tests.channels.conftest import FakeNetwork, mention

WORDS = "my parcel is lost"


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """Return the lines that are logged, with what is bound to them."""
    structlog.reset_defaults()
    capture = LogCapture()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture])
    yield capture.entries
    structlog.reset_defaults()


def test_mentions_that_came_in_are_named_by_account_conversations_and_instances(
    listening: Engine, intake: Intake, account: ChannelAccount, network: FakeNetwork,
    logged: list[Any],
) -> None:  # fmt: skip
    # given
    network.pages = [Page((mention(1, text=WORDS), mention(2, thread="t2", text=WORDS)))]

    # when
    poller = Poller(listening, intake, {"fake": network})
    poller.work()
    poller.work()

    # then
    (line,) = [line for line in logged if line["event"] == "mentions.taken"]
    assert (line["workspace"], line["channel"], line["account"]) == ("default", "fake", "acme")
    assert (line["mentions"], line["started"], line["log_level"]) == (2, 2, "info")
    assert len(line["conversations"]) == len(line["instances"]) == 2
    assert WORDS not in json.dumps(logged, default=str)
    assert structlog.contextvars.get_contextvars() == {}


def test_an_account_that_cannot_be_read_is_named(
    engine: Engine, intake: Intake, account: ChannelAccount, network: FakeNetwork,
    logged: list[Any],
) -> None:  # fmt: skip
    # given
    network.fetch_failure = ChannelUnavailableError("timed out")

    # when
    Poller(engine, intake, {"fake": network}).work()

    # then
    (line,) = [line for line in logged if line["event"] == "channel.failed"]
    assert (line["workspace"], line["account"], line["log_level"]) == (
        "default", "acme", "warning",
    )  # fmt: skip


def test_each_attempt_to_send_is_named_with_how_it_ended(
    engine: Engine, outbox: Outbox, intake: Intake, account: ChannelAccount, network: FakeNetwork,
    logged: list[Any],
) -> None:  # fmt: skip
    # given
    intake.take(account, Page((mention(1), mention(2, thread="t2"))))
    network.failures = [TimeoutError(WORDS), None]
    start(engine, text=WORDS)
    start(engine, text=WORDS, conversation=2)

    # when
    outbox.send_due(engine.clock.now())
    outbox.settle(engine.clock.now())

    # then
    lines = [line for line in logged if line["event"] == "reply.attempted"]
    assert [(line["status"], line["attempts"], line["log_level"]) for line in lines] == [
        ("unknown", 1, "warning"), ("sent", 1, "info"), ("unknown", 1, "warning"),
    ]  # fmt: skip
    for number, line in enumerate(lines[:2], 1):
        assert (line["conversation"], line["account"]) == (number, "acme")
        assert line["reply"] and line["job"] and line["workspace"] == "default"
    assert WORDS not in json.dumps(lines)


def test_what_is_rolled_back_is_not_told(
    engine: Engine, outbox: Outbox, intake: Intake, account: ChannelAccount, logged: list[Any]
) -> None:
    # given
    intake.take(account, Page((mention(1),)))
    start(engine)
    original = engine.complete_jobs

    def broken(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    # when
    object.__setattr__(engine, "complete_jobs", broken)
    with pytest.raises(OSError, match="full"):
        outbox.send_due(engine.clock.now())
    object.__setattr__(engine, "complete_jobs", original)

    # then
    assert [line for line in logged if line["event"] == "reply.attempted"] == []


def test_replies_of_a_worker_that_died_are_told(
    engine: Engine, outbox: Outbox, intake: Intake, account: ChannelAccount,
    network: FakeNetwork, logged: list[Any],
) -> None:  # fmt: skip
    # given
    intake.take(account, Page((mention(1),)))
    start(engine)

    def died(_reply: object) -> None:
        raise KeyboardInterrupt

    network.watch = died
    with pytest.raises(KeyboardInterrupt):
        outbox.send_due(engine.clock.now())

    # when
    Outbox(engine, {"fake": network}, alone=True).begin()

    # then
    (line,) = [line for line in logged if line["event"] == "replies.abandoned"]
    assert (line["workspace"], line["replies"]) == ("default", 1)
