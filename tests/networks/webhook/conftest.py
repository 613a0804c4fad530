"""A house whose customers write through a signed webhook, and the system that hears the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.channels.conftest import FakeClock
from tests.networks.webhook.house import House, created
from tests.networks.webhook_server import WebhookServer


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def server(clock: FakeClock) -> Iterator[WebhookServer]:
    opened = WebhookServer(clock.now)
    yield opened
    opened.close()


@pytest.fixture
def house(
    server: WebhookServer, clock: FakeClock, database_of: Callable[[str], str]
) -> Iterator[House]:
    """A house that nobody has called yet."""
    opened = House(database_of("memory"), server, clock)
    yield opened
    opened.engine.close()


@pytest.fixture
def mortal(
    server: WebhookServer, clock: FakeClock, database_of: Callable[[str], str]
) -> Iterator[House]:
    """A house that may die, with one mention in it."""
    opened = House(database_of("file"), server, clock)
    opened.hears(created())
    yield opened
    opened.engine.close()
