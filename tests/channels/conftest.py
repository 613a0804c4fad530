"""A network that does as it is told, a clock that moves when told, and small processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import Author, ChannelAccount, Mention, OwnPost, Page, Reply
from channels.outbox import Outbox
from channels.signals import Reading
from channels.storage import prepare
from channels.storage.tables import AccountRow, ReplyRow
from engine import Engine, Source
from tests.conftest import DATABASES

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:corral="urn:corral:bpmn:1" id="d" targetNamespace="urn:test">
  <bpmn:message id="m" name="mention.received"/>
  <bpmn:error id="refused" errorCode="reply.refused"/>
  <bpmn:error id="unknown" errorCode="reply.unknown"/>
"""

#: A mention starts it, a person works, and each later mention of the conversation is noted.
LISTENING = f"""{_HEAD}
  <bpmn:process id="listening" isExecutable="true">
    <bpmn:startEvent id="s"><bpmn:outgoing>f1</bpmn:outgoing>
      <bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="work"/>
    <bpmn:userTask id="work" name="Work"><bpmn:extensionElements>
      <corral:userTask queue="care"/></bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:userTask>
    <bpmn:boundaryEvent id="again" attachedToRef="work" cancelActivity="false">
      <bpmn:extensionElements>
        <corral:message correlationKey="= 'conversation:' + str(conversation.id)"/>
      </bpmn:extensionElements><bpmn:outgoing>f3</bpmn:outgoing>
      <bpmn:messageEventDefinition messageRef="m"/></bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="f2" sourceRef="work" targetRef="e"/>
    <bpmn:sequenceFlow id="f3" sourceRef="again" targetRef="e2"/>
    <bpmn:endEvent id="e"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
    <bpmn:endEvent id="e2"><bpmn:incoming>f3</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>"""

#: Sends one reply; what goes wrong with it becomes a user task.
ANSWERING = f"""{_HEAD}
  <bpmn:process id="answering" isExecutable="true">
    <bpmn:startEvent id="s"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="send"/>
    <bpmn:sendTask id="send"><bpmn:extensionElements>
      <corral:job type="reply.send" retries="2">
        <corral:input name="conversation" value="= conversation"/>
        <corral:input name="text" value="= text"/>
        <corral:input name="private" value="= private"/>
        <corral:input name="approved_digest" value="= approved"/>
        <corral:input name="by" value="= 'ana'"/>
      </corral:job></bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:sendTask>
    <bpmn:boundaryEvent id="no" attachedToRef="send"><bpmn:outgoing>f3</bpmn:outgoing>
      <bpmn:errorEventDefinition errorRef="refused"/></bpmn:boundaryEvent>
    <bpmn:boundaryEvent id="maybe" attachedToRef="send"><bpmn:outgoing>f4</bpmn:outgoing>
      <bpmn:errorEventDefinition errorRef="unknown"/></bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="f2" sourceRef="send" targetRef="sent"/>
    <bpmn:sequenceFlow id="f3" sourceRef="no" targetRef="rewrite"/>
    <bpmn:sequenceFlow id="f4" sourceRef="maybe" targetRef="went_out"/>
    <bpmn:userTask id="rewrite"><bpmn:incoming>f3</bpmn:incoming></bpmn:userTask>
    <bpmn:userTask id="went_out"><bpmn:incoming>f4</bpmn:incoming></bpmn:userTask>
    <bpmn:endEvent id="sent"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
</bpmn:definitions>"""


class FakeClock:
    """Moves when told."""

    def __init__(self) -> None:
        self.present = START

    def now(self) -> datetime:
        return self.present

    def passes(self, **span: float) -> datetime:
        self.present += timedelta(**span)
        return self.present


class FakeNetwork:
    """A network that keeps what it is sent, unless told to fail. Its pages are given to it."""

    name = "fake"
    reply_limit = 50
    can_reply_privately = True

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.posted: dict[str, str] = {}  # idempotency key: text
        self.calls: list[Reply] = []
        #: Raised by the next calls, first come first served; None lets one go well.
        self.failures: list[Exception | None] = []
        self.loses_answers = False  # the post arrives, the answer does not
        self.find_failure: Exception | None = None
        self.fetch_failure: Exception | None = None
        self.watch: Any = None

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        if self.fetch_failure is not None:
            raise self.fetch_failure
        done = (after or {}).get("page", 0)
        for number, page in enumerate(self.pages[done:], done + 1):
            yield Page(page.mentions, page.own_posts, {"page": number}, page.skipped)

    def measure(self, text: str) -> int:
        return len(text)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        self.calls.append(reply)
        if self.watch is not None:
            self.watch(reply)
        failure = self.failures.pop(0) if self.failures else None
        if failure is None or self.loses_answers:
            self.posted[reply.idempotency_key] = reply.text
        if failure is not None:
            raise failure
        return f"post-{reply.idempotency_key[:8]}"

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        if self.find_failure is not None:
            raise self.find_failure
        known = reply.idempotency_key in self.posted
        return f"post-{reply.idempotency_key[:8]}" if known else None


class PlainSignals:
    """Sees nothing in any text."""

    def read(self, text: str) -> Reading:
        return Reading(0.0, "en", ())


def mention(number: int, *, thread: str = "t1", author: str = "bob", **more: Any) -> Mention:
    """Return the ``number``-th mention; later numbers are later."""
    return Mention(
        external_id=f"m{number}",
        author=Author(f"id-{author}", author, reach=10),
        text=more.pop("text", f"text {number}"),
        created_at=START + timedelta(minutes=number),
        thread=thread,
        **more,
    )


def own_post(number: int, *, thread: str = "t1", **more: Any) -> OwnPost:
    return OwnPost(f"o{number}", f"answer {number}", START + timedelta(minutes=number), thread,
                   **more)  # fmt: skip


def lapse(engine: Engine) -> None:
    """Let every lease be over, as if the database's clock had gone on meanwhile."""
    with engine.transaction() as uow:
        for table in (AccountRow, ReplyRow):
            over = update(table).where(table.leased_until.is_not(None)).values(leased_until=START)
            uow.connection.execute(over)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def network() -> FakeNetwork:
    return FakeNetwork()


@pytest.fixture(params=DATABASES)
def engine(
    request: pytest.FixtureRequest, database_of: Callable[[str], str], clock: FakeClock
) -> Iterator[Engine]:
    opened = Engine.open(database_of(request.param), clock=clock)
    prepare(opened)
    yield opened
    opened.close()


@pytest.fixture
def listening(engine: Engine) -> Engine:
    """An engine in which mentions start the process ``listening``."""
    engine.deploy([Source("listening.bpmn", LISTENING.encode())])
    return engine


@pytest.fixture
def conversations(engine: Engine) -> Conversations:
    return Conversations(engine)


@pytest.fixture
def account(conversations: Conversations) -> ChannelAccount:
    return conversations.ensure_account("fake", "@acme", settings={"variables": {"pace": "PT1S"}})


@pytest.fixture
def intake(engine: Engine, network: FakeNetwork) -> Intake:
    return Intake(engine, PlainSignals(), {"fake": network})


@pytest.fixture
def outbox(engine: Engine, network: FakeNetwork) -> Outbox:
    engine.deploy([Source("answering.bpmn", ANSWERING.encode())])
    return Outbox(engine, {"fake": network})
