"""Mentions that change or disappear at the source: followed, shown, and told to the instance."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import ChannelAccount, Edit, Page
from channels.shown import Earlier
from channels.storage.tables import MentionTextRow
from engine import Engine, Source
from tests.channels.conftest import LISTENING, START, mention

#: As :data:`LISTENING`, and each change of a mention is noted beside the work.
HEARING = LISTENING.replace(
    '<bpmn:message id="m" name="mention.received"/>',
    '<bpmn:message id="m" name="mention.received"/>'
    '<bpmn:message id="me" name="mention.edited"/><bpmn:message id="md" name="mention.deleted"/>',
).replace(
    "</bpmn:process>",
    "".join(
        f"""
    <bpmn:boundaryEvent id="{name}" attachedToRef="work" cancelActivity="false">
      <bpmn:extensionElements>
        <corral:message correlationKey="= 'conversation:' + str(conversation.id)"/>
      </bpmn:extensionElements><bpmn:outgoing>f_{name}</bpmn:outgoing>
      <bpmn:messageEventDefinition messageRef="{message}"/></bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="f_{name}" sourceRef="{name}" targetRef="e_{name}"/>
    <bpmn:endEvent id="e_{name}"><bpmn:incoming>f_{name}</bpmn:incoming></bpmn:endEvent>"""
        for name, message in (("changed", "me"), ("gone", "md"))
    )
    + "</bpmn:process>",
)


@pytest.fixture
def hearing(engine: Engine) -> Engine:
    """An engine whose instances hear of changes."""
    engine.deploy([Source("listening.bpmn", HEARING.encode())])
    return engine


def edit(number: int, text: str, *, minute: int) -> Edit:
    return Edit(f"m{number}", text, at(minute))


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def variables(engine: Engine) -> dict[str, Any]:
    (instance,) = engine.instances()
    return engine.variables(instance.id)


def test_given_a_mention_when_edited_then_it_says_the_new_words_and_keeps_the_old_ones(
    hearing: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    intake.take(account, Page((mention(1),)))

    # when
    taken = intake.take(account, Page(edits=(edit(1, "text one", minute=5),)))

    # then
    assert (taken.edited, taken.stored, taken.started) == (1, 0, 0)
    conversation = conversations.conversation(1)
    assert (conversation.posts[0].text, conversation.last_text) == ("text one", "text one")
    assert conversation.posts[0].earlier == (Earlier("text 1", at(5)),)
    told = variables(hearing)["edited"]
    assert (told["external_id"], told["text"], told["was"]) == ("m1", "text one", "text 1")


def test_edits_that_come_again_or_late_change_nothing(
    hearing: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    page = Page((mention(1),), edits=(edit(1, "b", minute=5), edit(1, "c", minute=6)))
    first = intake.take(account, page)

    # when
    again = intake.take(account, page)
    late = intake.take(account, Page(edits=(edit(1, "z", minute=4),)))

    # then
    assert (first.edited, again.edited, late.edited) == (2, 0, 0)
    post = conversations.conversation(1).posts[0]
    assert post.text == "c"
    assert [each.text for each in post.earlier] == ["text 1", "b"]


def test_given_the_words_are_known_when_an_older_edit_comes_late_then_it_changes_nothing(
    hearing: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given: the first were read after the author wrote them, and only then were we told of it
    told = [("text 1", 5), ("older", 4), ("b", 6), ("b", 8), ("old", 7)]
    intake.take(account, Page((mention(1),)))

    # when
    pages = [Page(edits=(edit(1, text, minute=minute),)) for text, minute in told]
    counts = [intake.take(account, page).edited for page in pages]

    # then
    assert counts == [0, 0, 1, 0, 0]
    post = conversations.conversation(1).posts[0]
    assert (post.text, post.earlier) == ("b", (Earlier("text 1", at(6)),))
    assert variables(hearing)["edited"]["text"] == "b"


def test_an_edit_that_brings_the_same_words_again_is_told_to_nobody(
    hearing: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    intake.take(account, Page((mention(1),)))

    taken = intake.take(account, Page(edits=(edit(1, "text 1", minute=5),)))

    assert (taken.edited, conversations.conversation(1).posts[0].earlier) == (0, ())
    assert "edited" not in variables(hearing)


def test_two_edits_within_one_moment_are_both_followed_and_only_once(
    intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given: a network that tells no more than the minute
    page = Page((mention(1),), edits=(edit(1, "b", minute=5), edit(1, "c", minute=5)))

    # when
    counts = [intake.take(account, page).edited for _ in range(3)]

    # then
    assert counts == [2, 0, 0]
    assert conversations.conversation(1).posts[0].text == "c"


def test_an_edit_of_an_older_mention_leaves_the_newest_in_the_lists(
    intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    intake.take(account, Page((mention(1), mention(2))))

    intake.take(account, Page(edits=(edit(1, "changed", minute=9),)))

    assert conversations.conversation(1).last_text == "text 2"


def test_given_a_mention_when_deleted_then_no_word_of_it_is_left_in_our_rows(
    hearing: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    intake.take(account, Page((mention(1), mention(2))))
    intake.take(account, Page(edits=(edit(2, "secret", minute=5),)))

    # when
    taken = intake.take(account, Page(deletions=("m2",)))

    # then
    assert taken.deleted == 1
    conversation = conversations.conversation(1)
    assert [post.text for post in conversation.posts] == ["text 1", ""]
    assert conversation.posts[1].deleted_at is not None
    assert conversation.last_text == "text 1"
    with hearing.reading() as view:
        assert set(view.connection.scalars(select(MentionTextRow.text))) == {""}
    told = variables(hearing)["deleted"]
    assert (told["external_id"], told["text"]) == ("m2", "")


def test_deleted_is_deleted_whatever_comes_again(
    hearing: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    page = Page((mention(1),), edits=(edit(1, "b", minute=5),), deletions=("m1", "m1"))
    intake.take(account, page)

    # when
    again = intake.take(account, page)
    later = intake.take(account, Page(edits=(edit(1, "c", minute=7),)))

    # then
    assert (again.edited, again.deleted, later.edited) == (0, 0, 0)
    conversation = conversations.conversation(1)
    assert (conversation.posts[0].text, conversation.last_text) == ("", "")
    assert conversations.by_correlation_keys(["conversation:1"])["conversation:1"].text


def test_changes_of_what_we_do_not_have_are_passed_over(
    hearing: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    other = conversations.ensure_account("fake", "acme_help")
    intake.take(other, Page((mention(1),)))

    # when
    taken = intake.take(account, Page(edits=(edit(1, "b", minute=5),), deletions=("m1", "m9")))

    # then
    assert (taken.edited, taken.deleted) == (0, 0)
    assert conversations.conversation(1).posts[0].text == "text 1"


def test_what_nobody_waits_for_starts_nothing(
    listening: Engine, intake: Intake, account: ChannelAccount
) -> None:
    # given
    intake.take(account, Page((mention(1),)))

    # when
    intake.take(account, Page(edits=(edit(1, "b", minute=5),), deletions=("m1",)))

    # then
    assert len(listening.instances()) == 1
    assert "edited" not in variables(listening)
