"""A complaint in a forum on its whole road, from the public into private."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from channels.networks.discourse import DiscourseNetwork
from tests.networks.crashing import House
from tests.networks.discourse.conftest import Stage
from tests.networks.discourse_server import MEMBER


@pytest.fixture
def moderated(stage: Stage, database_of: Callable[[str], str]) -> Iterator[House]:
    """A case was opened, and answers wait for a moderator from then on."""
    house = House(database_of("file"), stage.clock, stage.account, DiscourseNetwork)
    stage.says("Acme Bank lost my money")
    house.lives(1)
    stage.forum.moderated = True
    yield house
    house.engine.close()


def test_a_complaint_is_answered_once_and_goes_on_in_private_in_the_same_instance(
    stage: Stage, database_of: Callable[[str], str]
) -> None:
    # given
    house = House(database_of("file"), stage.clock, stage.account, DiscourseNetwork)
    post = stage.says("Acme Bank lost my money")
    house.lives(1)

    # when
    house.answers("We are sorry. Details in private.")
    house.answers("What is your number?", private=True)
    house.lives(1)
    public, private = stage.forum.by_us()
    stage.says("It is 4711.", topic=private.topic)
    stage.says("Thank you!", to=public)
    house.lives(2)

    # then
    assert (public.topic, public.to) == (stage.topic, None)
    assert stage.topic is post.topic
    assert private.topic.members == ("acme", "bob")
    first = "Where is my parcel?\n\nAcme Bank lost my money"
    assert sorted(house.mentions()) == ["It is 4711.", "Thank you!", first]
    assert len({task.instance_id for task in house.engine.user_tasks()}) == 1
    posts = house.conversations.conversation(1).posts
    assert [one.private for one in posts if one.kind == "reply"] == [False, True]
    house.engine.close()


def test_a_reply_that_a_moderator_lets_through_is_shown_once_and_its_thread_goes_on(
    stage: Stage, moderated: House
) -> None:
    # given
    house = moderated
    house.answers("We are *sorry*.")
    house.lives(1)
    assert (house.conversations.reply(1).external_id, stage.forum.by_us()) == ("queued:900", [])

    # when: it is approved, and read by a process that knows nothing of it
    post = stage.forum.approve()
    house.is_killed()
    house.lives(2)

    # then
    replies = [one for one in house.conversations.conversation(1).posts if one.kind == "reply"]
    assert [(one.text, one.external_id) for one in replies] == [("We are *sorry*.", str(post.id))]
    assert stage.forum.by_us() == [post]

    # when
    stage.says("Thank you!", to=post)
    house.lives(1)

    # then
    assert house.mentions()[1:] == ["Thank you!"]
    assert len({task.instance_id for task in house.engine.user_tasks()}) == 1


def test_a_reply_that_a_moderator_changes_is_shown_once_in_the_words_of_the_forum(
    stage: Stage, moderated: House
) -> None:
    # given: three replies wait, and a moderator refuses the first
    house = moderated
    for text in ("We are sorry.", "Your money is found!", "Is it there, you nag?"):
        house.answers(text)
        house.lives(1)
    stage.forum.reject()

    # when: the last is let through in other words, while a colleague writes in the forum
    changed = stage.forum.approve("Is it there now?", at=1)
    stage.says("Ask me, too.", MEMBER)
    house.is_killed()
    house.lives(2)

    # then
    assert told_in(house) == {
        "We are sorry.": "queued:900",
        "Your money is found!": "queued:901",
        "Is it there now?": str(changed.id),
        "Ask me, too.": str(changed.id + 1),
    }

    # when: what still waited is let through in words that are all other, and answered
    other = stage.forum.approve("See your account.")
    stage.says("Thank you!", to=other)
    house.lives(2)

    # then
    assert told_in(house)["See your account."] == str(other.id)
    assert len(told_in(house)) == 4
    assert house.mentions()[1:] == ["Thank you!"]


def told_in(house: House) -> dict[str, str | None]:
    """Return the replies of the first conversation, by their words."""
    posts = house.conversations.conversation(1).posts
    return {one.text: one.external_id for one in posts if one.kind == "reply"}


def test_a_reply_that_waits_for_a_moderator_is_no_post_of_another_conversation(
    stage: Stage, database_of: Callable[[str], str]
) -> None:
    # given
    house = House(database_of("file"), stage.clock, stage.account, DiscourseNetwork)
    stage.says("Acme Bank lost my money")
    other = stage.says("Acme Bank lost mine", "eve", stage.forum.topic("And mine?"))
    house.lives(1)
    stage.forum.moderated = True
    house.answers("We are sorry.")
    house.lives(1)

    # when: a colleague writes the same words to the other customer
    stage.says("We are sorry.", MEMBER, other.topic)
    house.lives(1)

    # then
    there = house.conversations.conversation(2).posts
    assert house.conversations.reply(1).external_id == "queued:900"
    assert [one.text for one in there if one.kind == "reply"] == ["We are sorry."]
    house.engine.close()
