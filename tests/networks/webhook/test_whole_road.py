"""A complaint on its whole road through a webhook, with a crash in the midst of the answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import processes
from engine import InstanceStatus
from tests.channels.conftest import FakeClock
from tests.networks.webhook.house import House, created
from tests.networks.webhook_server import WebhookServer

ANSWER = "It comes tomorrow."


def test_a_complaint_is_answered_once_and_the_customer_goes_on_in_the_same_instance(
    server: WebhookServer, clock: FakeClock, database_of: Callable[[str], str]
) -> None:
    # given
    house = House(database_of("file"), server, clock, *processes.files("complaint"))

    # when: the customer complains, and hears at once that we are at it
    house.hears(created(text="where is my parcel? It is late, and this is terrible!"))
    house.lives(1)
    acknowledged = [one["data"]["in_reply_to"] for one in server.taken.values()]
    (task,) = house.engine.user_tasks(1)

    # and: an agent answers; the process dies once the receiver has it
    house.engine.complete(task.id, {"answer": ANSWER}, by="ana")
    house.network.dies = "after"
    with pytest.raises(KeyboardInterrupt):
        house.outbox.work()
    house.is_killed()
    house.lives(3)
    (answer,) = [id for id, one in server.taken.items() if ANSWER in one["data"]["text"]]

    # and: the customer answers that
    again = "That is what you said last week. Terrible!"
    moment = clock.now().isoformat()
    house.hears(created("m-2", again, in_reply_to=answer, created_at=moment), "msg_2")
    house.lives(1)

    # then
    assert acknowledged == ["m-1"]
    assert task.business_key == "webhook:1"
    instance = house.engine.instance(1)
    assert (instance.status, instance.variables["turns"]) == (InstanceStatus.ACTIVE, 2)
    (other,) = house.engine.user_tasks(1)
    assert other.id != task.id
    assert len(house.posts()) == 4
    house.engine.close()
