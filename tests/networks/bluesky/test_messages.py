"""Direct messages: read where the account may, answered to one person, found by their words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from channels.errors import (
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from channels.model import Mention, Reply
from tests.networks.bluesky.conftest import Stage
from tests.networks.bluesky_world import convo_with, did

CONVO = convo_with(did("bob"))


def private(stage: Stage) -> list[Mention]:
    """Look, and return the private mentions."""
    return [one for page in stage.look() for one in page.mentions if one.private]


@pytest.fixture
def asked(stage: Stage) -> Reply:
    """A private reply to a public mention."""
    uri = stage.says("where is it?")
    return stage.reply(in_reply_to=uri, thread=uri, private=True)


def sent(stage: Stage) -> list[str]:
    """Return the messages that we sent."""
    return [
        message["text"]
        for convo in stage.world.convos.values()
        for message in convo
        if message["sender"]["did"] == did("acme")
    ]


def test_messages_are_read_as_private_mentions_of_one_conversation(stage: Stage) -> None:
    # given
    first = stage.world.writes_privately("hello")
    before = private(stage)

    # when
    stage.clock.passes(seconds=5)
    second = stage.world.writes_privately("anybody there?")
    after = private(stage)

    # then
    assert [(one.external_id, one.thread, one.text) for one in before + after] == [
        (f"{CONVO}/{first}", CONVO, "hello"), (f"{CONVO}/{second}", CONVO, "anybody there?"),
    ]  # fmt: skip
    assert before[0].author.handle == "bob.test"
    assert set(stage.server.proxied) == {"listConvos", "getMessages", "getLog"}
    assert private(stage) == []


def test_many_messages_come_over_several_pages(stage: Stage) -> None:
    stage.look()
    for number in range(25):
        stage.world.writes_privately(str(number))
    assert [one.text for one in private(stage)] == [str(number) for number in range(25)]


def test_messages_sent_elsewhere_are_answers_and_those_unsent_are_deleted(stage: Stage) -> None:
    # given
    stage.look()
    id = stage.world.writes_privately("oops")
    stage.world._message(CONVO, did("acme"), "from my phone")
    stage.world.unsends(CONVO, id)

    # when
    pages = stage.look()

    # then
    assert [one.text for page in pages for one in page.own_posts] == ["from my phone"]
    assert [one for page in pages for one in page.deletions] == [f"{CONVO}/{id}"]


@pytest.mark.parametrize("trouble", ["refused", "500"])
def test_messages_that_cannot_be_read_do_not_hold_up_mentions(stage: Stage, trouble: str) -> None:
    # given
    stage.world.messages_allowed = trouble != "refused"
    stage.server.fail("500", "listConvos", times=trouble == "500")
    stage.world.writes_privately("in private")
    stage.says("in public")

    # when
    assert stage.texts() == ["in public"]
    stage.look()

    # then
    assert stage.server.heard("listConvos") == 1
    assert stage.world.logins == 1
    stage.world.messages_allowed = True
    stage.clock.passes(hours=2)
    stage.told(backlog_days=2)
    assert stage.texts() == ["in private"]


def test_they_are_left_alone_when_the_account_is_told_so(stage: Stage) -> None:
    stage.told(messages=False)
    stage.world.writes_privately("in private")
    assert stage.texts() == []
    assert stage.server.proxied == []


# ---- answering


def test_a_private_reply_goes_to_the_author_of_what_it_answers(stage: Stage, asked: Reply) -> None:
    id = stage.send(asked)
    assert sent(stage) == ["Sorry!"]
    assert id == stage.find(asked) == f"{CONVO}/{stage.world.convos[CONVO][0]['id']}"
    assert stage.world.ours() == []


def test_what_began_in_private_is_answered_in_private(stage: Stage) -> None:
    id = stage.world.writes_privately("hello")
    stage.send(stage.reply(in_reply_to=f"{CONVO}/{id}", thread=CONVO, private=False))
    assert sent(stage) == ["Sorry!"]
    assert stage.world.ours() == []


@pytest.mark.parametrize("kind", ["500", "500 after", "truncated", "cut", "reset", "nothing"])
def test_what_may_have_been_sent_is_unknown_and_looked_for(
    stage: Stage, asked: Reply, kind: str
) -> None:
    stage.server.fail(kind, "sendMessage")
    with pytest.raises(DeliveryUnknownError):
        stage.send(asked)
    stage.restarted()
    assert (stage.find(asked) is None) == (kind in ("500", "reset"))


def test_an_older_message_with_the_same_words_is_not_taken_for_it(
    stage: Stage, asked: Reply
) -> None:
    stage.world._message(CONVO, did("acme"), asked.text)
    stage.clock.passes(hours=1)
    assert stage.find(replace(asked, created_at=stage.clock.now())) is None


def test_of_two_replies_with_the_same_words_each_has_its_own(stage: Stage, asked: Reply) -> None:
    first = stage.send(asked)
    other = replace(asked, idempotency_key="key-2")
    assert stage.find(other) is None
    assert stage.send(other) == stage.find(other) != first
    assert stage.find(asked) == first


def test_one_that_is_long_ago_is_found_behind_many(stage: Stage, asked: Reply) -> None:
    # given
    id = stage.send(asked)
    for number in range(150):
        stage.world.writes_privately(str(number))

    # then
    stage.restarted()
    assert stage.find(asked) == id
    for number in range(1_000):
        stage.world.writes_privately(str(number))
    with pytest.raises(ChannelUnavailableError, match="too many messages"):
        stage.find(asked)


def _is_deaf(error: str) -> Callable[[Stage], None]:
    return lambda stage: stage.world.deaf.update({did("bob"): error})


def _may_not(stage: Stage) -> None:
    stage.world.messages_allowed = False


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        (_is_deaf("MessagesDisabled"), "takes no direct messages"),
        (_is_deaf("NotFollowedBySender"), "only from those they follow"),
        (_is_deaf("BlockedActor"), "blocks"),
        (_may_not, "app password that may read and send"),
    ],
)
def test_a_customer_who_cannot_be_written_to_is_told_of(
    stage: Stage, asked: Reply, trouble: Callable[[Stage], None], why: str
) -> None:
    trouble(stage)
    with pytest.raises(ReplyRefusedError, match=why):
        stage.send(asked)
    assert sent(stage) == []
    assert stage.find(asked) is None
