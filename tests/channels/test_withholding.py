"""Replies that people keep back: certainly not sent, or they are told that it is too late."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from channels.conversations import Conversations
from channels.errors import ChannelUnavailableError, ReplyOnItsWayError
from channels.intake import Intake
from channels.model import ChannelAccount, Page, ReplyStatus
from channels.outbox import Outbox
from engine import Engine, InstanceStatus, Source
from engine.errors import NotFoundError
from tests.channels.answering import waits_at
from tests.channels.conftest import START, FakeClock, mention
from tests.channels.interrupted import Interrupted
from tests.channels.wishing import WISHING, all_replies, states, wish

TOMORROW = START + timedelta(days=1)


@pytest.fixture
def network() -> Interrupted:
    return Interrupted()


@pytest.fixture
def outbox(engine: Engine, network: Interrupted) -> Outbox:
    engine.deploy([Source("answering.bpmn", WISHING.encode())])
    return Outbox(engine, {"fake": network})


@pytest.fixture(autouse=True)
def _conversation(intake: Intake, account: ChannelAccount) -> None:
    intake.take(account, Page((mention(1), mention(2, thread="t2"))))


def sent(network: Interrupted) -> list[str]:
    return list(network.posted.values())


def acts(outbox: Outbox, reply: int = 1) -> list[tuple[str, str | None]]:
    return [(act.act, act.by) for act in outbox.withholding.acts([reply]).get(reply, [])]


def test_given_a_moment_when_it_comes_then_the_reply_goes_out_and_not_before(
    engine: Engine, outbox: Outbox, network: Interrupted, clock: FakeClock
) -> None:
    # given
    instance = wish(engine, send_at="2026-03-02T17:30")

    # when
    clock.passes(hours=8, minutes=29)
    outbox.work()
    early = len(network.calls)
    clock.passes(minutes=1)
    outbox.work()

    # then
    assert (early, len(network.calls)) == (0, 1)
    assert engine.instance(instance).status is InstanceStatus.COMPLETED
    assert acts(outbox) == [("scheduled", "ana")]


@pytest.mark.parametrize("moment", ["2026-03-02T08:59", "2026-03-02T09:00:00+00:00", None])
def test_a_moment_that_is_past_or_none_at_all_means_at_once(
    engine: Engine, outbox: Outbox, network: Interrupted, moment: str | None
) -> None:
    wish(engine, send_at=moment)
    outbox.work()
    assert sent(network) == ["Sorry!"]


@pytest.mark.parametrize("moment", ["tomorrow", "2026-13-45T99:00", "2031-01-01T00:00", 17, True])
def test_a_moment_that_cannot_be_read_keeps_the_reply_back_instead_of_sending_it(
    engine: Engine, outbox: Outbox, network: Interrupted, moment: object
) -> None:
    # when
    wish(engine, send_at=moment)
    outbox.work()

    # then
    assert network.calls == []
    assert all_replies(engine)[0].held_by == "ana"
    assert acts(outbox) == [("held", "ana")]


def test_a_moment_without_zone_is_one_of_the_workspace(
    engine: Engine, network: Interrupted, intake: Intake, outbox: Outbox
) -> None:
    # given
    engine.create_workspace("tokyo", "Tokyo", zone="Asia/Tokyo")
    tokyo = engine.in_workspace("tokyo")
    far = Outbox(tokyo, {"fake": network})
    tokyo.deploy([Source("answering.bpmn", WISHING.encode())])
    home = Conversations(tokyo).ensure_account("fake", "tokyo")
    Intake(tokyo, channels={"fake": network}).take(home, Page((mention(7, thread="t7"),)))
    conversation = Conversations(tokyo).of_customer(Conversations(tokyo).customers()[0].id)[0].id

    # when: half past seven in the evening there is half past ten in the morning UTC
    wish(tokyo, send_at="2026-03-02T19:30", conversation=conversation)

    # then
    with tokyo.reading() as view:
        told = view.connection.exec_driver_sql("SELECT max(id) FROM reply").scalar()
    assert Conversations(tokyo).reply(int(told or 0)).send_at == START + timedelta(minutes=90)
    assert far.work() == 0


def test_a_reply_that_waits_for_its_moment_holds_up_no_other_of_its_conversation(
    engine: Engine, outbox: Outbox, network: Interrupted
) -> None:
    wish(engine, "later", send_at="2026-03-03T09:00")
    wish(engine, "now")
    outbox.work()
    assert sent(network) == ["now"]


def test_given_a_held_reply_when_released_then_it_goes_out(
    engine: Engine, outbox: Outbox, network: Interrupted
) -> None:
    # given
    wish(engine)
    outbox.withholding.hold(1, by="mia")
    outbox.work()
    meanwhile = len(network.calls)

    # when
    outbox.withholding.release(1, by="ben")
    outbox.work()

    # then
    assert (meanwhile, len(network.calls)) == (0, 1)
    assert acts(outbox) == [("held", "mia"), ("released", "ben")]


def test_a_process_can_ask_for_a_reply_to_be_held(
    engine: Engine, outbox: Outbox, network: Interrupted
) -> None:
    wish(engine, hold=True, by=None)
    outbox.work()
    assert network.calls == []
    assert all_replies(engine)[0].held_by == "the process"


def test_a_held_reply_keeps_its_moment(
    engine: Engine, outbox: Outbox, network: Interrupted, clock: FakeClock
) -> None:
    # given
    wish(engine, send_at="2026-03-03T09:00")
    outbox.withholding.hold(1, by="mia")

    # when
    outbox.withholding.release(1, by="mia")
    outbox.work()

    # then
    assert network.calls == []
    clock.passes(days=1)
    outbox.work()
    assert sent(network) == ["Sorry!"]


def test_a_reply_is_put_off_and_then_sent_at_once_after_all(
    engine: Engine, outbox: Outbox, network: Interrupted
) -> None:
    # given
    wish(engine)
    outbox.withholding.put_off(1, TOMORROW, by="mia")
    outbox.work()
    meanwhile = len(network.calls)

    # when
    outbox.withholding.put_off(1, START, by="mia")
    outbox.work()

    # then
    assert (meanwhile, len(network.calls)) == (0, 1)
    with pytest.raises(ValueError, match="more than a year"):
        outbox.withholding.put_off(1, START + timedelta(days=500), by="mia")


def test_what_the_network_could_not_take_is_not_sent_sooner_because_somebody_pushes(
    engine: Engine, outbox: Outbox, network: Interrupted, clock: FakeClock
) -> None:
    # given
    network.failures = [ChannelUnavailableError("slow down", retry_after=900)]
    wish(engine)
    outbox.work()

    # when
    outbox.withholding.put_off(1, clock.now(), by="mia")
    outbox.work()

    # then
    assert len(network.calls) == 1


def test_given_a_withdrawn_reply_then_it_is_never_sent_and_its_process_hears_of_it(
    engine: Engine, outbox: Outbox, network: Interrupted, clock: FakeClock
) -> None:
    # given
    instance = wish(engine, send_at="2026-03-03T09:00")

    # when
    reply = outbox.withholding.withdraw(1, by="mia")
    clock.passes(days=2)
    outbox.work()

    # then
    assert network.calls == []
    assert (reply.status, reply.withdrawn_by) == (ReplyStatus.REFUSED, "mia")
    assert waits_at(engine, instance) == ["rewrite"]
    assert "Withdrawn by mia" in engine.variables(instance)["error"]["message"]
    assert acts(outbox)[-1] == ("withdrawn", "mia")


def test_given_a_reply_whose_job_has_given_up_when_withdrawn_then_its_process_goes_on(
    engine: Engine, outbox: Outbox, network: Interrupted, clock: FakeClock
) -> None:
    # given
    network.failures = [ChannelUnavailableError("busy"), ChannelUnavailableError("busy")]
    instance = wish(engine)
    outbox.work()
    clock.passes(minutes=1)
    outbox.work()
    assert len(engine.incidents()) == 1

    # when
    outbox.withholding.withdraw(1, by="mia")
    clock.passes(days=1)
    outbox.work()

    # then
    assert (len(network.calls), engine.incidents()) == (2, [])
    assert waits_at(engine, instance) == ["rewrite"]


def test_an_answer_in_parts_is_withdrawn_as_far_as_it_is_not_out(
    engine: Engine, outbox: Outbox, network: Interrupted, clock: FakeClock
) -> None:
    # given
    network.failures = [None, ChannelUnavailableError("busy")]
    wish(engine, "One sentence that is long enough. And a second one of them. " * 2, split=True)
    outbox.work()

    # when
    outbox.withholding.withdraw(2, by="mia")
    clock.passes(days=1)
    outbox.work()

    # then
    assert len(sent(network)) == 1
    assert set(states(engine)[1:]) == {ReplyStatus.REFUSED}
    with pytest.raises(ReplyOnItsWayError, match="has been sent"):
        outbox.withholding.withdraw(1, by="mia")


@pytest.mark.parametrize("act", ["hold", "withdraw", "release"])
def test_given_a_reply_that_is_being_sent_then_whoever_wants_it_back_hears_that_it_is_too_late(
    engine: Engine, outbox: Outbox, network: Interrupted, act: str
) -> None:
    # given
    wish(engine)
    heard: list[str] = []

    def meanwhile() -> None:
        with pytest.raises(ReplyOnItsWayError) as refusal:
            getattr(outbox.withholding, act)(1, by="mia")
        heard.append(str(refusal.value))

    network.while_sending = meanwhile

    # when
    outbox.work()

    # then
    assert heard == ["Too late: reply 1 is being sent at this moment. Nothing was changed."]
    assert states(engine) == [ReplyStatus.SENT]
    assert acts(outbox) == []


def test_given_many_replies_when_they_are_sent_and_withdrawn_at_once_then_each_is_one_or_the_other(
    engine: Engine,
    outbox: Outbox,
    network: Interrupted,
    intake: Intake,
    account: ChannelAccount,
    clock: FakeClock,
) -> None:
    # given
    threads = tuple(mention(100 + number, thread=f"many{number}") for number in range(12))
    intake.take(account, Page(threads))
    for number in range(12):
        wish(engine, f"answer {number}", conversation=3 + number)
    withdrawn: set[int] = set()
    begun = threading.Barrier(2)

    def withdraws() -> None:
        begun.wait(30)
        for id in range(12, 0, -1):
            try:
                outbox.withholding.withdraw(id, by="mia")
                withdrawn.add(id)
            except ReplyOnItsWayError:
                pass

    # when
    thread = threading.Thread(target=withdraws)
    thread.start()
    begun.wait(30)
    outbox.send_due(clock.now())
    thread.join(30)
    outbox.send_due(clock.now())

    # then
    out = {reply.id for reply in all_replies(engine) if reply.status is ReplyStatus.SENT}
    assert out | withdrawn == set(range(1, 13))
    assert out & withdrawn == set()
    assert len(network.calls) == len(out)


def test_replies_of_another_workspace_are_nobodys_business(
    engine: Engine, outbox: Outbox, network: Interrupted
) -> None:
    # given
    wish(engine)
    engine.create_workspace("other", "Other")
    other = Outbox(engine.in_workspace("other"), {"fake": network})

    # then
    with pytest.raises(NotFoundError):
        other.withholding.withdraw(1, by="eve")
    with pytest.raises(NotFoundError):
        outbox.withholding.hold(99, by="mia")
    assert other.withholding.acts([1]) == {}


def test_pages_tell_what_people_did_with_a_reply(
    engine: Engine, outbox: Outbox, conversations: Conversations
) -> None:
    # when
    wish(engine)
    outbox.withholding.hold(1, by="mia")

    # then
    (post,) = (one for one in conversations.conversation(1).posts if one.kind == "reply")
    assert (post.held_by, post.can_be_kept_back) == ("mia", True)
    assert [act.act for act in post.acts] == ["held"]
