"""A note on its whole road: written on a page, told the team once, answered there, on the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr

from channels.intake import Intake
from channels.model import Author, Mention, Page
from channels.networks.mattermost import MattermostNetwork
from channels.networks.slack import SlackNetwork
from channels.polling import Poller
from channels.protocol import Channel
from engine import Engine
from tests.channels.conftest import FakeClock
from tests.networks.mattermost_server import HOOK, MattermostServer
from tests.networks.slack_server import SlackServer, signed
from tests.networks.teams.conftest import on_mattermost, on_slack
from tests.webapp.conftest import PASSWORD, Browser
from webapp.app import create_app
from webapp.bootstrap import Installation, wire
from webapp.settings import Settings

PLACE = "/conversations/1/thread"


@pytest.fixture
def installation(
    clock: FakeClock, slack: SlackServer, mattermost: MattermostServer
) -> Iterator[Installation]:
    """A customer who complained, ana who answers, and a channel on both networks."""
    engine = Engine.open("sqlite://", clock=clock)
    key = SecretStr("ab" * 32)
    settings = Settings(database_url=None, public_url="", trusted_proxies=0, credentials_key=key)
    networks: dict[str, Channel] = {
        "slack": SlackNetwork(clock.now), "mattermost": MattermostNetwork(clock.now),
    }  # fmt: skip
    wired = wire(engine, settings, channels=networks, hasher=PasswordHasher(1, 8, 1))
    wired.rooms.people.add("default", "ana", PASSWORD, roles=["agent"])
    rows = wired.services().conversations
    account = rows.ensure_account("fake", "acme", enabled=False)
    said = Mention("m1", Author("b", "bob", "Bob"), "It is broken", clock.now(), "m1")
    Intake(engine, channels={}).take(account, Page((said,)))
    for told in (on_slack(slack), on_mattermost(mattermost)):
        rows.ensure_account(
            told.channel, told.handle, settings=told.settings, secrets=told.secrets
        )  # fmt: skip
    yield wired
    engine.close()


class Day:
    """What ana does in her browser, and what the worker does meanwhile."""

    def __init__(self, installation: Installation, clock: FakeClock) -> None:
        self.clock, self.services = clock, installation.services()
        self.browser = Browser(create_app(installation.rooms, secret_key="s" * 64))
        self.browser.log_in("ana")
        networks = dict(installation.networks)
        engine = self.services.engine
        seals = installation.rooms.settings.seals
        self.poller = Poller(engine, Intake(engine, channels=networks), networks, seals)
        self.poller.work()

    def notes(self, text: str, key: str) -> None:
        """Have ana write a note, and the worker look thrice for what is to be done."""
        self.browser.post("/conversations/1/notes", text=text, key=key, told="1")
        for _ in range(3):
            self.services.outbox.work()
            self.clock.passes(seconds=10)

    def shows(self, *texts: str) -> list[int]:
        """Return how often ana's page shows each text."""
        page = self.browser.get(PLACE).text
        return [page.count(text) for text in texts]

    def is_called(self, account: int, body: bytes, headers: dict[str, str]) -> int:
        hook = self.services.conversations.account(account).account.hook
        answer = self.browser.client.post(f"/hooks/{hook}", data=body, headers=headers)
        return answer.status_code


def test_a_note_and_its_answers(
    installation: Installation, slack: SlackServer, mattermost: MattermostServer, clock: FakeClock
) -> None:
    # given
    day = Day(installation, clock)

    # when
    day.notes("Who knows him?", "k1")

    # then: both places are told, once
    words = "ana on Bob (Fake): http://localhost/conversations/1\nWho knows him?"
    assert [one["text"] for one in slack.messages] == [words]
    assert [one["message"] for one in mattermost.posts] == [words]

    # when: Sam answers on Slack, which tells us twice, with the sign of a repeat
    body = slack.told(slack.says("I do: his order is late.", slack.notes()[0]))
    again = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    for more in ({}, again):
        assert day.is_called(2, body, {**signed(body, clock.now()), **more}) == 200

    # and: Kim answers on Mattermost, whose webhook wakes us
    mattermost.says("He called, too.", mattermost.notes()[0], "u-kim")
    json = {"Content-Type": "application/json"}
    assert day.is_called(3, f'{{"token": "{HOOK}"}}'.encode(), json) == 200
    day.poller.work()
    clock.passes(minutes=2)
    day.poller.work()

    # then
    assert day.shows("Who knows him?", "I do: his order", "He called, too.") == [1, 1, 1]
    assert day.shows("post post-note") == [3]

    # when: Sam thinks better of it, and Kim of having said anything
    body = slack.edits(slack.messages[-1]["ts"], "I do: his order is lost.")
    assert day.is_called(2, body, signed(body, clock.now())) == 200
    mattermost.changes(mattermost.posts[-1]["id"])
    clock.passes(minutes=2)
    day.poller.work()

    # then
    assert day.shows("is lost.", "is late.", "He called, too.") == [1, 1, 0]
    assert day.shows("edited", "deleted by its author") == [1, 1]

    # when: ana answers that
    day.notes("Thank you!", "k2")

    # then: in the same threads
    assert slack.messages[-1]["thread_ts"] == slack.notes()[0]
    assert mattermost.posts[-1]["root_id"] == mattermost.notes()[0]
