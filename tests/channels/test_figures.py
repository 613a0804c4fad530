"""What an operator watches of the channels: unfinished replies, and silence."""

from __future__ import annotations

from channels.conversations import Conversations
from channels.errors import ChannelRefusedError
from channels.figures import UNFINISHED, figures
from channels.intake import Intake
from channels.model import ChannelAccount, Page, ReplyStatus
from channels.outbox import Outbox
from channels.polling import Poller
from engine import Engine
from tests.channels.answering import start
from tests.channels.conftest import FakeClock, FakeNetwork, mention


def test_without_accounts_and_replies_there_is_nothing_to_watch(engine: Engine) -> None:
    # when
    found = figures(engine)

    # then
    assert found.replies == dict.fromkeys(UNFINISHED, 0)
    assert (found.reply_delay, found.accounts) == (0.0, ())


def test_unfinished_replies_are_counted_by_their_state_in_all_workspaces(
    engine: Engine, outbox: Outbox, intake: Intake, account: ChannelAccount, network: FakeNetwork,
    clock: FakeClock,
) -> None:  # fmt: skip
    # given
    intake.take(account, Page((mention(1), mention(2, thread="t2"))))
    network.failures = [TimeoutError("no answer"), None]
    network.find_failure = ChannelRefusedError("fake", "not now")
    start(engine)
    outbox.work()
    start(engine, conversation=2)
    engine.create_workspace("globex", "Globex")
    clock.passes(seconds=40)

    # when
    found = figures(engine.in_workspace("globex"))

    # then
    assert found.replies == dict.fromkeys(UNFINISHED, 0) | {
        ReplyStatus.UNKNOWN: 1,
        ReplyStatus.APPROVED: 1,
    }
    assert found.reply_delay == 40.0


def test_a_reply_that_was_sent_is_watched_no_more(
    engine: Engine, outbox: Outbox, intake: Intake, account: ChannelAccount
) -> None:
    # given
    intake.take(account, Page((mention(1),)))
    start(engine)

    # when
    outbox.work()

    # then
    assert sum(figures(engine).replies.values()) == 0
    assert figures(engine).reply_delay == 0.0


def test_silence_is_told_for_each_account_that_is_read(
    engine: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations,
    network: FakeNetwork, clock: FakeClock,
) -> None:  # fmt: skip
    # given
    conversations.ensure_account("fake", "@off", enabled=False)
    (before,) = figures(engine).accounts
    network.pages = [Page((mention(1),))]
    poller = Poller(engine, intake, {"fake": network})
    poller.work()

    # when
    clock.passes(seconds=100)
    poller.work()
    clock.passes(seconds=5)
    (after,) = figures(engine).accounts

    # then
    assert (before.success, before.mention) == (None, None)
    assert (after.workspace, after.channel, after.handle) == ("default", "fake", "acme")
    assert (after.success, after.mention) == (5.0, 105.0)
