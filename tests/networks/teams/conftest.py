"""A case, a channel in which the team talks about it, and a process that can be killed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from channels.intake import Intake
from channels.model import Author, ChannelAccount, Mention, Page
from channels.networks.mattermost import MattermostNetwork
from channels.networks.slack import SlackNetwork
from channels.notes import Notes
from channels.shown import Note, NotePost
from tests.channels.conftest import FakeClock
from tests.networks import mattermost_server, slack_server
from tests.networks.crashing import House
from tests.networks.mattermost_server import MattermostServer
from tests.networks.slack_server import SlackServer

_Server = SlackServer | MattermostServer


def on_slack(server: SlackServer) -> ChannelAccount:
    """Return the account of the app."""
    settings = {"channel": slack_server.CHANNEL, "address": server.address}
    secrets = {"bot_token": slack_server.TOKEN, "signing_secret": slack_server.SECRET}
    return ChannelAccount(1, "slack", "#care", settings=settings, secrets=secrets)


def on_mattermost(server: MattermostServer) -> ChannelAccount:
    """Return the account of the bot."""
    settings = {"channel": mattermost_server.CHANNEL, "server": server.address}
    secrets = {"bot_token": mattermost_server.TOKEN, "hook_token": mattermost_server.HOOK}
    return ChannelAccount(1, "mattermost", "care", settings=settings, secrets=secrets)


@dataclass
class Team:
    """The case of one customer, and the channel."""

    house: House
    server: _Server

    def __post_init__(self) -> None:
        account = self.house.conversations.ensure_account("fake", "acme", enabled=False)
        said = Mention("m1", Author("b", "bob"), "It is broken", self.house.clock.now(), "m1")
        Intake(self.house.engine, channels={}).take(account, Page((said,)))

    def notes(self) -> Notes:
        networks: Any = {self.house._channel: self.house.network}
        return Notes(self.house.engine, networks)

    def writes(self, text: str = "Who knows him?", key: str = "k1") -> None:
        self.notes().write(1, text, by="ana", key=key, about="on bob: https://c/1")

    def shown(self) -> list[tuple[str, str]]:
        """Return the notes as the page shows them: who, and what."""
        return [(note.author, note.text) for note in self.notes().of(1)]

    def told(self) -> NotePost:
        note: Note = self.notes().of(1)[0]
        return note.told[0]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def slack(clock: FakeClock) -> Iterator[SlackServer]:
    server = SlackServer(clock.now)
    yield server
    server.close()


@pytest.fixture
def mattermost(clock: FakeClock) -> Iterator[MattermostServer]:
    server = MattermostServer(clock.now)
    yield server
    server.close()


@pytest.fixture(params=["slack", "mattermost"])
def team(
    request: pytest.FixtureRequest, database_of: Callable[[str], str], clock: FakeClock
) -> Iterator[Team]:
    """A team on each network; what was said before we came is not for us."""
    server: _Server
    server = request.getfixturevalue(request.param)
    if isinstance(server, SlackServer):
        account, network = on_slack(server), SlackNetwork
    else:
        account, network = on_mattermost(server), MattermostNetwork
    server.says("Lunch?", server.says("from before"))
    house = House(database_of("file"), clock, account, network)
    made = Team(house, server)
    house.poller.work()
    yield made
    house.engine.close()
