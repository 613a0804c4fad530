"""A complaint in a forum on its whole road, from the public into private."""

from __future__ import annotations

from collections.abc import Callable

from channels.networks.discourse import DiscourseNetwork
from tests.networks.crashing import House
from tests.networks.discourse.conftest import Stage


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
