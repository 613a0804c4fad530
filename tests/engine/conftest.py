"""An engine in memory that follows scripts, and a clock that stands until it is told to move."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine import Engine, Source
from engine.forms import validate
from engine.storage import SqlStorage
from engine.use_cases.bound import Core
from engine.use_cases.upkeep import advance
from engine.waking.inline import InlineWaker
from tests.engine.scripted_runner import ScriptedRunner


class StandingClock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        """Begin on a Sunday at noon."""
        self.moment = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment it stands at."""
        return self.moment

    def move(self, **by: float) -> datetime:
        """Move on, as ``timedelta`` counts, and return the new moment."""
        self.moment += timedelta(**by)
        return self.moment


class Bench:
    """An engine on a database, with everything a test wants to reach."""

    def __init__(self, url: str = "sqlite://", workspace: str = "default") -> None:
        """Open the database."""
        self.clock = StandingClock()
        self.runner = ScriptedRunner()
        self.core = Core(SqlStorage(url), self.runner, self.clock, check_form=validate)
        self.core.waker = InlineWaker(lambda ids: advance(self.core, ids))
        storage = self.core.storage
        self.engine = Engine(self.core, storage.create_workspace(workspace, "Default", "UTC"))

    def deploy(self, key: str, *steps: dict[str, Any], **more: Any) -> None:
        """Deploy a script."""
        self.engine.deploy([flow(key, *steps, **more)])


def flow(key: str, *steps: dict[str, Any], **more: Any) -> Source:
    """Return the file of a script."""
    return Source(f"{key}.flow", json.dumps({"key": key, "steps": steps, **more}).encode())


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Return an engine in memory."""
    opened = Bench()
    yield opened
    opened.engine.close()
