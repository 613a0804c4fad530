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
    networks = {"slack": SlackNetwork(clock.now), "mattermost": MattermostNetwork(clock.now)}
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


def test_a_note_and_its_answers(
    installation: Installation, slack: SlackServer, mattermost: MattermostServer, clock: FakeClock
) -> None:
    # given
    services = installation.services()
    browser = Browser(create_app(installation.rooms, secret_key="s" * 64))
    browser.log_in("ana")
    networks = dict(installation.networks)
    poller = Poller(
        services.engine, Intake(services.engine, channels=networks), networks,
        installation.rooms.settings.seals,
    )  # fmt: skip
    poller.work()

    # when: ana writes a note; both places are told, once
    browser.post("/conversations/1/notes", text="Who knows him?", key="k1", told="1")
    for _ in range(3):
        services.outbox.work()
        clock.passes(seconds=10)

    # then
    words = "ana on Bob (fake): http://localhost/conversations/1\nWho knows him?"
    assert [one["text"] for one in slack.messages] == [words]
    assert [one["message"] for one in mattermost.posts] == [words]

    # when: Sam answers on Slack, which tells us twice, with the sign of a repeat
    (root,) = slack.notes()
    body = slack.told(slack.says("I do: his order is late.", root))
    hook = services.conversations.account(2).account.hook
    for more in ({}, {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}):
        headers = {**signed(body, clock.now()), **more}
        assert browser.client.post(f"/hooks/{hook}", data=body, headers=headers).status_code == 200

    # and: Kim answers on Mattermost, whose web hook wakes us
    (root,) = mattermost.notes()
    mattermost.says("He called, too.", root, "u-kim")
    hook = services.conversations.account(3).account.hook
    woken = browser.client.post(f"/hooks/{hook}", json={"token": HOOK, "text": "He called, too."})
    poller.work()
    clock.passes(minutes=2)
    poller.work()

    # then
    page = browser.get(PLACE).text
    notes = [page.count(text) for text in ("Who knows him?", "I do: his order", "He called, too.")]
    assert (woken.status_code, notes) == (200, [1, 1, 1])
    assert page.count("post post-note") == 3
    assert page.index("#care") < page.index("He called, too.")

    # when: ana answers that
    browser.post("/conversations/1/notes", text="Thank you!", key="k2", told="1")
    services.outbox.work()

    # then: in the same threads
    assert slack.messages[-1]["thread_ts"] == slack.notes()[0]
    assert mattermost.posts[-1]["root_id"] == mattermost.notes()[0]
