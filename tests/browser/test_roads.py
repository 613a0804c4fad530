"""The whole road on X and on Mastodon, against stand-ins for their servers.

Bluesky and e-mail go the same road against real servers, see ``tests/networks_real``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.networks.mastodon_server import TOKEN, MastodonServer
from tests.networks.mastodon_world import DOMAIN
from tests.networks.x.conftest import account_of
from tests.networks.x_server import XServer
from tests.networks.x_world import HANDLE
from tests.networks_real import road

pytestmark = pytest.mark.timeout(600)


class OnX:
    """Bob, on the stand-in for X."""

    network, handle = "x", HANDLE

    def __init__(self) -> None:
        self.server = XServer(lambda: datetime.now(UTC))
        account = account_of(self.server)
        self.settings, self.secrets = account.settings, account.secrets

    def complains(self, text: str) -> None:
        self.server.world.post("bob", f"@{HANDLE} {text}")

    def answers(self) -> list[str]:
        return self.server.world.texts()

    def goes_on(self, text: str) -> None:
        self.server.world.post("bob", text, answers=str(self.server.world.own()[0].id))


class OnMastodon:
    """Bob, on the stand-in for a server of Mastodon."""

    network, handle = "mastodon", f"acme@{DOMAIN}"

    def __init__(self) -> None:
        self.server = MastodonServer()
        self.settings = {"server": self.server.address}
        self.secrets = {"access_token": TOKEN}

    def complains(self, text: str) -> None:
        self.server.world.post("bob@other.example", f"@acme {text}")

    def answers(self) -> list[str]:
        return [post["content"] for post in self.server.world.by_us()]

    def goes_on(self, text: str) -> None:
        newest = self.server.world.by_us()[-1]["id"]
        self.server.world.post("bob@other.example", f"@acme {text}", to=newest)


@pytest.fixture(params=[OnX, OnMastodon], ids=["x", "mastodon"])
def outside(request: pytest.FixtureRequest) -> Iterator[OnX | OnMastodon]:
    there: OnX | OnMastodon = request.param()
    yield there
    there.server.close()


def test_a_complaint_is_answered_once_and_goes_on_whenever_the_process_is_killed(
    outside: OnX | OnMastodon, chrome: Browser, tmp_path: Path
) -> None:
    assert road.travel(outside, chrome, tmp_path) == 1
