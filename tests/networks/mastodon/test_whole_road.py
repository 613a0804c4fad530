"""A complaint on its whole road: post, instance, agent, reply, and the customer's next word."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import processes
from engine import InstanceStatus, UserTask
from tests.networks.mastodon.conftest import Stage
from tests.networks.mastodon.house import House
from tests.networks.mastodon_world import GOTOSOCIAL, MASTODON, Make

ANSWER = "It comes tomorrow."


def task(house: House) -> UserTask:
    """Return the only open user task of the only instance."""
    (one,) = house.engine.user_tasks(1)
    return one


def answers(house: House) -> list[str]:
    """Return our posts that hold the agent's answer, by their id."""
    return [post["id"] for post in house.stage.world.by_us() if ANSWER in post["content"]]


@pytest.mark.parametrize("make", [MASTODON, GOTOSOCIAL], ids=lambda make: make.name)
def test_a_complaint_is_answered_once_and_the_customer_goes_on_in_the_same_instance(
    stage_on: Callable[..., Stage], database_of: Callable[[str], str], make: Make
) -> None:
    # given
    stage = stage_on(make)
    house = House(database_of("file"), stage, *processes.files("complaint"))

    # when: the customer complains, and hears at once that we are at it
    post = stage.says("where is my parcel? It is late, and this is terrible!")
    house.lives(1)
    acknowledged = [one["in_reply_to_id"] for one in stage.world.by_us()]
    first = task(house)

    # and: an agent answers; the process dies once the network has it
    house.engine.complete(first.id, {"answer": ANSWER}, by="ana")
    house.network.dies = "after"
    with pytest.raises(KeyboardInterrupt):
        house.outbox.work()
    house.dies()
    house.lives(3)
    (answer,) = answers(house)

    # and: the customer answers that
    stage.says("That is what you said last week. Terrible!", to=answer)
    house.lives(1)

    # then
    assert acknowledged == [post]
    assert first.business_key == "mastodon:1"
    assert stage.world.statuses[answer]["in_reply_to_id"] == post
    instance = house.engine.instance(1)
    assert (instance.status, instance.variables["turns"]) == (InstanceStatus.ACTIVE, 2)
    assert task(house).id != first.id
    assert len(house.conversations.conversation(1).posts) == 4
    house.engine.close()


def test_a_private_complaint_is_answered_in_private(
    stage: Stage, database_of: Callable[[str], str]
) -> None:
    # given
    house = House(database_of("file"), stage, *processes.files("complaint"))
    stage.says("my order 4711 is broken", visibility="direct")
    house.lives(1)

    # when
    house.engine.complete(task(house).id, {"answer": ANSWER}, by="ana")
    house.lives(1)

    # then
    assert {post["visibility"] for post in stage.world.by_us()} == {"direct"}
    assert len(answers(house)) == 1
    house.engine.close()
