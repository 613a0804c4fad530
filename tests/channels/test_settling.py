"""A process asks a person about a reply, and tells the outbox what the person found out."""

from __future__ import annotations

from typing import Any

import pytest

from channels.conversations import Conversations
from channels.errors import ChannelUnavailableError, DeliveryUnknownError
from channels.intake import Intake
from channels.model import ChannelAccount, Page, ReplyStatus
from channels.outbox import Outbox
from channels.verdicts import INQUIRIES
from engine import Engine, InstanceStatus, Source
from tests.channels.answering import start, waits_at
from tests.channels.conftest import FakeClock, FakeNetwork, mention

SETTLING = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:corral="urn:corral:bpmn:1" id="d" targetNamespace="urn:test">
  <bpmn:process id="settling" isExecutable="true">
    <bpmn:startEvent id="s"/>
    <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="settle"/>
    <bpmn:serviceTask id="settle"><bpmn:extensionElements>
      <corral:job type="reply.settle">
        <corral:input name="reply" value="= reply"/>
        <corral:input name="went_out" value="= went_out"/>
        <corral:input name="by" value="= by"/>
        <corral:output name="found" value="= result"/>
      </corral:job></bpmn:extensionElements></bpmn:serviceTask>
    <bpmn:sequenceFlow id="f2" sourceRef="settle" targetRef="e"/>
    <bpmn:endEvent id="e"/>
  </bpmn:process>
</bpmn:definitions>"""


@pytest.fixture(autouse=True)
def _conversation(engine: Engine, intake: Intake, account: ChannelAccount) -> None:
    intake.take(account, Page((mention(1),)))
    engine.deploy([Source("settling.bpmn", SETTLING.encode())])


@pytest.fixture
def unclear(engine: Engine, outbox: Outbox, network: FakeNetwork, clock: FakeClock) -> int:
    """Return the instance that asks a person: nobody knows whether reply 1 went out."""
    instance = start(engine)
    network.failures = [DeliveryUnknownError("cut off")]
    network.find_failure = ChannelUnavailableError("cannot tell")
    for _ in range(INQUIRIES + 2):
        outbox.work()
        clock.passes(hours=1)
    return instance


def settle(
    engine: Engine, *, reply: object = 1, went_out: object = True, by: object = "ana"
) -> Any:
    """Run a process that says what became of a reply; return its instance."""
    variables = {"reply": reply, "went_out": went_out, "by": by}
    return engine.instance(engine.start("settling", variables).id)


def test_the_error_of_an_unclear_reply_names_the_reply(engine: Engine, unclear: int) -> None:
    # then
    error = engine.instance(unclear).variables["error"]
    assert (error["code"], error["reply"]) == ("reply.unknown", {"id": 1})


@pytest.mark.parametrize(
    ("went_out", "status", "word"),
    [
        (True, ReplyStatus.SENT, "ana has seen it on the network."),
        (False, ReplyStatus.REFUSED, "ana says that it did not go out."),
    ],
)
def test_given_an_unclear_reply_when_a_process_settles_it_then_both_are_done_at_once(
    engine: Engine,
    unclear: int,
    conversations: Conversations,
    went_out: bool,
    status: ReplyStatus,
    word: str,
) -> None:
    # when
    instance = settle(engine, went_out=went_out)

    # then
    assert instance.status is InstanceStatus.COMPLETED
    assert instance.variables["found"] == {
        "went_out": went_out,
        "reply": {"id": 1, "status": status.value},
    }
    (post,) = [post for post in conversations.conversation(1).posts if post.kind == "reply"]
    assert (post.status, post.error) == (status, word)
    assert conversations.unsettled_replies() == []


def test_a_reply_that_a_person_has_seen_was_sent_when_we_tried_to(
    engine: Engine, unclear: int, conversations: Conversations, clock: FakeClock
) -> None:
    # given
    before = conversations.reply(1)

    # when
    settle(engine)

    # then
    reply = conversations.reply(1)
    assert before.sent_at is None
    assert reply.sent_at == reply.created_at
    assert reply.sent_at < clock.now()


def test_what_was_settled_meanwhile_stays_and_the_process_hears_the_truth(
    engine: Engine, outbox: Outbox, unclear: int, conversations: Conversations
) -> None:
    # given
    outbox.settle_by_person(1, went_out=True, by="sam")

    # when
    instance = settle(engine, went_out=False)

    # then
    assert instance.variables["found"]["went_out"] is True
    assert conversations.reply(1).status is ReplyStatus.SENT


def test_a_reply_that_did_not_go_out_is_not_sent_again_behind_the_process(
    engine: Engine, outbox: Outbox, network: FakeNetwork, clock: FakeClock
) -> None:
    # given a process that still waits for its reply, which is being looked for
    waiting = start(engine)
    network.failures = [DeliveryUnknownError("cut off")]
    outbox.work()

    # when
    settle(engine, went_out=False, by=None)
    clock.passes(hours=1)
    outbox.work()

    # then
    assert len(network.calls) == 1
    assert waits_at(engine, waiting) == ["rewrite"]
    assert engine.instance(waiting).variables["error"]["message"].startswith("Somebody says")


@pytest.mark.parametrize("reply", [99, 0, -1, 2**63, True, None, "1"])
def test_a_job_that_names_no_reply_is_an_error_of_the_process(
    engine: Engine, outbox: Outbox, reply: object
) -> None:
    # when
    instance = settle(engine, reply=reply)

    # then
    (incident,) = engine.incidents(instance_id=instance.id)
    assert "reply.missing" in incident.what
    assert f"{reply!r}, which is none of this workspace" in incident.what


def test_a_second_outbox_of_the_workspace_changes_nothing(
    engine: Engine, outbox: Outbox, network: FakeNetwork, unclear: int
) -> None:
    # given
    Outbox(engine, {"fake": network})

    # when
    instance = settle(engine, went_out=False)

    # then
    assert instance.status is InstanceStatus.COMPLETED
    assert instance.variables["found"]["went_out"] is False
