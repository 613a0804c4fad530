"""Files that come with mentions, and what programs write."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import Attachment, ChannelAccount, OwnPost, Page, Undelivered
from engine import Engine, Source
from engine.errors import NotFoundError
from tests.channels.conftest import START, mention

PICTURE = Attachment("broken ☹.png", "image/png", b"\x89PNG\r\n\x00" * 20)

#: Hears when a reply did not arrive.
BOUNCING = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:corral="urn:corral:bpmn:1" id="d" targetNamespace="urn:test">
  <bpmn:message id="m" name="reply.undelivered"/>
  <bpmn:process id="bouncing" isExecutable="true">
    <bpmn:startEvent id="s"><bpmn:outgoing>f1</bpmn:outgoing>
      <bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="call"/>
    <bpmn:userTask id="call" name="Call them"><bpmn:extensionElements>
      <corral:userTask queue="care"/></bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming></bpmn:userTask>
  </bpmn:process>
</bpmn:definitions>"""


def test_files_are_listed_on_the_conversation_and_read_one_by_one(
    listening: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    page = Page(mentions=(mention(1, attachments=(PICTURE,)), mention(2)), position={"page": 1})

    # when
    intake.take(account, page)
    intake.take(account, page)

    # then
    first, second = conversations.conversation(1).posts
    (listed,) = first.enclosed
    assert (listed.name, listed.type, listed.size) == ("broken ☹.png", "image/png", 140)
    assert second.enclosed == ()
    assert conversations.attachment(listed.id) == PICTURE


def test_a_file_whose_name_no_database_takes_is_kept_under_what_is_left_of_it(
    listening: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    odd = Attachment("a\x00\ud83d.png", "image/\x00png", b"\x00")

    # when
    intake.take(account, Page(mentions=(mention(1, attachments=(odd,)),)))

    # then
    assert conversations.attachment(1) == Attachment("a?.png", "image/png", b"\x00")


def test_a_file_of_another_workspace_is_not_there(
    listening: Engine, intake: Intake, account: ChannelAccount
) -> None:
    # given
    intake.take(account, Page(mentions=(mention(1, attachments=(PICTURE,)),)))
    listening.create_workspace("other", "Other")

    # when
    stranger = Conversations(listening.in_workspace("other"))

    # then
    with pytest.raises(NotFoundError):
        stranger.attachment(1)


def test_a_mention_that_is_taken_back_leaves_no_file(
    listening: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    intake.take(account, Page(mentions=(mention(1, attachments=(PICTURE,)),)))

    # when
    intake.take(account, Page(deletions=("m1",)))

    # then
    assert conversations.conversation(1).posts[0].enclosed == ()
    with pytest.raises(NotFoundError):
        conversations.attachment(1)


def test_what_a_program_answered_is_shown_and_starts_nothing(
    listening: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # when
    away = replace(mention(1), automatic=True)
    taken = intake.take(account, Page(mentions=(away,)))

    # then
    assert (taken.stored, taken.started, taken.buffered) == (1, 0, 0)
    assert listening.instances() == []
    assert [post.text for post in conversations.conversation(1).posts] == ["text 1"]


def test_a_reply_that_did_not_arrive_says_so_and_its_process_hears_of_it_once(
    engine: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    engine.deploy([Source("bouncing.bpmn", BOUNCING.encode())])
    answer = OwnPost("o1", "Sorry!", START, "t1")
    intake.take(account, Page(mentions=(mention(1),), own_posts=(answer,)))
    bounced = Undelivered("o1", "bob@example.test: no such user", START)

    # when
    intake.take(account, Page(undelivered=(bounced, Undelivered("nobody's", "?", START))))
    intake.take(account, Page(undelivered=(bounced,)))

    # then
    reply = next(post for post in conversations.conversation(1).posts if post.kind == "reply")
    assert reply.error == "It could not be delivered. bob@example.test: no such user"
    assert [task.element for task in engine.user_tasks()] == ["call"]
