"""Outboxes of several workspaces on one storage: each takes the jobs of its own."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import Page, ReplyStatus
from channels.outbox import Outbox
from engine import Engine, InstanceStatus, Source
from tests.channels.answering import start
from tests.channels.conftest import ANSWERING, FakeNetwork, PlainSignals, mention
from tests.channels.test_settling import SETTLING, settle

Houses = Mapping[str, Engine]


@pytest.fixture
def houses(engine: Engine, network: FakeNetwork) -> Houses:
    """Two workspaces with a conversation each, of which the second has no outbox yet."""
    found = {"north": engine, "south": engine.create_workspace("south", "South")}
    for house in found.values():
        house.deploy([Source("answering.bpmn", ANSWERING.encode())])
        house.deploy([Source("settling.bpmn", SETTLING.encode())])
        account = Conversations(house).ensure_account("fake", "@acme")
        Intake(house, PlainSignals(), {"fake": network}).take(account, Page((mention(1),)))
    Outbox(engine, {"fake": network})
    return found


def test_an_outbox_takes_no_jobs_of_another_workspace(houses: Houses) -> None:
    # when
    start(houses["south"], conversation=2)

    # then
    assert _replies(houses["south"], 2) == []


def test_each_workspace_sends_its_own_replies(houses: Houses, network: FakeNetwork) -> None:
    # given
    south = Outbox(houses["south"], {"fake": network})
    start(houses["north"], "from the north")
    instance = start(houses["south"], "from the south", conversation=2)

    # when
    south.work()

    # then
    assert [call.text for call in network.calls] == ["from the south"]
    assert _replies(houses["north"], 1) == [("from the north", ReplyStatus.APPROVED)]
    assert _replies(houses["south"], 2) == [("from the south", ReplyStatus.SENT)]
    assert houses["south"].instance(instance).status is InstanceStatus.COMPLETED


def test_a_process_cannot_settle_a_reply_of_another_workspace(
    houses: Houses, network: FakeNetwork
) -> None:
    # given
    Outbox(houses["south"], {"fake": network})
    start(houses["north"])

    # when
    instance = settle(houses["south"], reply=1)

    # then
    (incident,) = houses["south"].incidents(instance_id=instance.id)
    assert "none of this workspace" in incident.what
    assert _replies(houses["north"], 1) == [("Sorry!", ReplyStatus.APPROVED)]


def _replies(house: Engine, conversation: int) -> list[tuple[str, ReplyStatus | None]]:
    posts = Conversations(house).conversation(conversation).posts
    return [(post.text, post.status) for post in posts if post.kind == "reply"]
