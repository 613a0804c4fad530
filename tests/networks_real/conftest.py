"""Real servers of networks, private and on 127.0.0.1; each is skipped with its reason if missing.

``make test-networks`` fetches what they need and runs this folder; ``make test`` leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import chrome as chrome  # the one Chromium of a test run
from tools import real_networks
from tools.real_networks import MissingError


def part(find: Callable[[], Path]) -> Path:
    """Return a part of a server; skip whoever asks when it cannot be had."""
    try:
        return find()
    except MissingError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def dovecot_program() -> Path:
    """Where Dovecot is."""
    return part(real_networks.dovecot)


@pytest.fixture(scope="session")
def redis_program() -> Path:
    """Where Redis is."""
    return part(real_networks.redis)


@pytest.fixture(scope="session")
def bluesky_script() -> Path:
    """The script that runs a private Bluesky."""
    return part(real_networks.bluesky)
