"""Corral and a Bluesky that nobody here wrote: nothing lost, nothing twice."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from playwright.sync_api import Browser

from channels.model import ChannelAccount, Reply, ReplyStatus
from channels.networks.bluesky import Bluesky
from channels.networks.bluesky.records import LARGEST_PICTURE
from engine import InstanceStatus
from tests.conftest import new_database
from tests.networks.enclosing import ALT, PNG, enclosed
from tests.networks_real import bluesky_network, road
from tests.networks_real.bluesky_network import Network, Person
from tests.networks_real.house import House, opened
from tests.waiting import until
from tools import program

#: Servers and processes start in each of them, on machines that have other things to do.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="session")
def network(bluesky_script: Path, redis_program: Path, postgres: str) -> Iterator[Network]:
    """The servers; they start once."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="corral-bluesky-")))
        _, url = stack.enter_context(new_database(postgres))
        yield stack.enter_context(
            bluesky_network.running(folder, bluesky_script, redis_program, url)
        )


@pytest.fixture
def brand(network: Network) -> Person:
    return network.person("acme")


@pytest.fixture
def customer(network: Network) -> Person:
    return network.person("bob")


@pytest.fixture
def house(brand: Person, tmp_path: Path) -> Iterator[House]:
    settings = {"server": brand.service}
    secrets = {"app_password": brand.app_password()}
    with opened(tmp_path, "bluesky", brand.handle, settings, secrets) as one:
        yield one


def test_an_account_is_tried_with_its_app_password_before_it_is_kept(
    brand: Person, tmp_path: Path
) -> None:
    # given
    def added(password: str) -> subprocess.CompletedProcess[str]:
        command = [program.CORRAL, "channels", "add", "bluesky", brand.handle, "--secrets-stdin"]
        options = ["--set", f"server={brand.service}", "--data", str(tmp_path)]
        return subprocess.run(
            [*command, *options], input=json.dumps({"app_password": password}), check=False,
            capture_output=True, text=True, env=program.clean_environment(), cwd=tmp_path,
        )  # fmt: skip

    # when
    refused, kept = added("wrong"), added(brand.app_password())

    # then
    assert refused.returncode == 2, refused.stdout
    assert "does not let" in refused.stderr
    assert kept.returncode == 0, kept.stderr
    assert f"as {brand.handle}" in kept.stdout


def test_a_mention_starts_one_instance_and_the_customers_answer_goes_on_with_it(
    house: House, brand: Person, customer: Person
) -> None:
    # given
    post = customer.posts("please look into order 7 é✓", to=brand)

    # when
    house.agent_answers()
    house.until(lambda: customer.replies(post["uri"]))

    # then
    (reply,) = customer.replies(post["uri"])
    assert reply["author"]["did"] == brand.did
    assert reply["record"]["text"] == f"Thank you for: @{brand.handle} please look into order 7 é✓"
    assert house.instances() == [InstanceStatus.ACTIVE]

    # when
    customer.posts("thank you!", under={**reply, "root": post})
    house.until(lambda: house.instances() == [InstanceStatus.COMPLETED])

    # then
    assert len(customer.replies(post["uri"])) == 1
    texts = [one.text for one in house.conversations.conversation(1).posts]
    assert texts == [f"@{brand.handle} please look into order 7 é✓", reply["record"]["text"],
                     "thank you!"]  # fmt: skip


def test_killed_between_posted_and_recorded_the_reply_is_there_once(
    house: House, brand: Person, customer: Person
) -> None:
    # given
    post = customer.posts("where is it?", to=brand)
    house.until(lambda: len(house.engine.user_tasks()) == 1)
    house.order.touch()

    # when
    house.agent_answers()
    assert house.process
    house.process.ends(within=120)
    until(lambda: customer.replies(post["uri"]))
    (before,) = customer.replies(post["uri"])
    house.start()
    house.until(lambda: house.conversations.reply(1).external_id)

    # then
    (after,) = customer.replies(post["uri"])
    assert (after["uri"], after["cid"]) == (before["uri"], before["cid"])
    assert house.conversations.reply(1).external_id == after["uri"]
    assert house.instances() == [InstanceStatus.ACTIVE]


def test_a_server_that_goes_away_and_comes_back_costs_nothing(
    house: House, network: Network, brand: Person, customer: Person
) -> None:
    # given
    first = customer.posts("first", to=brand)
    house.until(lambda: len(house.engine.user_tasks()) == 1)

    # when
    network.goes_down()
    try:
        house.agent_answers()
        house.until(lambda: house.conversations.reply(1).attempts > 0)
        house.until(lambda: house.conversations.accounts()[0].failures > 0)
    finally:
        network.comes_up()
    second = customer.posts("second", to=brand)
    house.until(lambda: customer.replies(first["uri"]))
    house.agent_answers()
    house.until(lambda: customer.replies(second["uri"]))

    # then
    assert len(customer.replies(first["uri"])) == 1
    assert len(customer.replies(second["uri"])) == 1
    assert house.instances() == [InstanceStatus.ACTIVE] * 2


def test_what_is_deleted_on_the_network_is_blanked_here(
    house: House, brand: Person, customer: Person
) -> None:
    # given
    post = customer.posts("my number is 0123", to=brand)
    house.until(lambda: len(house.engine.user_tasks()) == 1)

    # when
    customer.deletes(post["uri"])

    # then
    house.until(lambda: house.conversations.conversation(1).posts[0].deleted_at)
    assert "0123" not in house.conversations.conversation(1).posts[0].text


def test_a_picture_as_large_as_may_be_is_there_once_with_its_description(
    brand: Person, customer: Person
) -> None:
    # given
    post = customer.posts("it is broken", to=brand)
    account = ChannelAccount(
        1, "bluesky", brand.handle, settings={"server": brand.service},
        secrets={"app_password": brand.app_password()},
    )  # fmt: skip
    picture = PNG + bytes(LARGEST_PICTURE - len(PNG))
    reply = Reply(
        1, 1, "Like this?", False, ReplyStatus.SENDING, "key", datetime.now(UTC), post["uri"],
        recipient=customer.handle, files=enclosed(picture),
    )  # fmt: skip

    # when two processes send it
    first, second = (Bluesky().send(account, reply) for _ in "12")

    # then
    until(lambda: customer.replies(post["uri"]))
    (shown,) = customer.replies(post["uri"])
    (image,) = shown["record"]["embed"]["images"]
    assert first == second == shown["uri"]
    assert (image["alt"], image["image"]["size"]) == (ALT, LARGEST_PICTURE)


def test_the_whole_road_in_a_browser_whenever_the_process_is_killed(
    brand: Person, customer: Person, chrome: Browser, tmp_path: Path
) -> None:
    assert road.travel(OnBluesky(brand, customer), chrome, tmp_path) == 1


class OnBluesky:
    """Bob, on a Bluesky of our own."""

    network = "bluesky"

    def __init__(self, brand: Person, customer: Person) -> None:
        self.brand, self.customer = brand, customer
        self.handle, self.settings = brand.handle, {"server": brand.service}
        self.secrets = {"app_password": brand.app_password()}
        self.post: dict[str, str] = {}

    def complains(self, text: str) -> None:
        self.post = self.customer.posts(text, to=self.brand)

    def answers(self) -> list[str]:
        return [one["record"]["text"] for one in self._replies()]

    def goes_on(self, text: str) -> None:
        newest = self._replies()[-1]
        self.customer.posts(text, under={**newest, "root": self.post})  # type: ignore[dict-item]

    def _replies(self) -> list[dict[str, Any]]:
        return self.customer.replies(self.post["uri"])
