"""Complaints on their whole road: comment, instance, answer, and the customer's next word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.networks.crashing import House
from tests.networks.graph.conftest import NETWORKS, Stage


@pytest.mark.parametrize("kind", ["facebook", "instagram"])
def test_a_complaint_is_answered_once_and_goes_on_in_private_in_the_same_instance(
    stage_on: Callable[..., Stage], database_of: Callable[[str], str], kind: str
) -> None:
    # given
    stage = stage_on(kind)
    network = NETWORKS[kind]
    house = House(database_of("file"), stage.clock, stage.account, network)  # type: ignore[arg-type]
    comment = stage.says("You lost my money")
    house.lives(1)

    # when: it is answered in public and in private, and the customer goes on in both
    house.answers("We are sorry. Details in private.")
    house.answers("What is your number?", private=True)
    house.lives(1)
    stage.writes("It is 4711.")
    stage.says("Thank you!", to=comment)
    house.lives(1)
    house.answers("Found it.", private=True)
    house.lives(1)

    # then
    assert [one.to for one in stage.server.by_us()] == [comment]
    assert [one.text for one in stage.server.sent()] == ["What is your number?", "Found it."]
    assert house.mentions() == ["You lost my money", "It is 4711.", "Thank you!"]
    assert len({task.instance_id for task in house.engine.user_tasks()}) == 1
    posts = house.conversations.conversation(1).posts
    replies = [one for one in posts if one.kind == "reply"]
    assert [one.private for one in replies] == [False, True, True]
    house.engine.close()


def test_a_reply_that_comes_too_late_is_refused_before_anything_is_sent(
    facebook: Stage, database_of: Callable[[str], str]
) -> None:
    # given
    network = NETWORKS["facebook"]
    house = House(database_of("file"), facebook.clock, facebook.account, network)  # type: ignore[arg-type]
    facebook.writes("where is my parcel?")
    house.lives(1)
    to = house.outbox.composing.addressee(1, private=True)
    assert to is not None
    look = house.outbox.composing.look
    before = look(to.account, "Sorry!", private=True, to=to).chance

    # when
    facebook.clock.passes(hours=25)
    while_writing = look(to.account, "Sorry!", private=True, to=to).chance
    house.answers(private=True)
    house.lives(0.5)

    # then
    written = house.conversations.conversation(1).posts[0].at
    assert (before.refusal, before.until) == (None, written + timedelta(days=1))
    assert "24 hours" in str(while_writing.refusal)
    (task,) = [one for one in house.engine.user_tasks() if one.element == "rewrite"]
    assert task
    assert "24 hours" in str(house.conversations.reply(1).error)
    assert facebook.server.asked("POST") == 0
    house.engine.close()
