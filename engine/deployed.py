"""What the core asks of its storage about what is deployed: definitions, and what starts them.

The rules of :mod:`engine.stores` hold here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from engine.definitions import (
    Definition,
    DefinitionDraft,
    DefinitionKind,
    FileReport,
    Form,
    Problem,
    Source,
)
from engine.records import Starter


class DefinitionStore(Protocol):
    """Deployments and their definitions."""

    def same(self, digest: str) -> int | None:
        """Return the deployment of the same files, if all it holds is still the newest."""
        ...

    def insert(
        self,
        sources: Sequence[Source],
        reports: Sequence[FileReport],
        forms: Sequence[Form],
        *,
        digest: str,
        at: datetime,
        by: str | None,
    ) -> int:
        """Store a deployment, number its versions, and return its id."""
        ...

    def deployment(self, id: int) -> tuple[datetime, str | None, tuple[Definition, ...]]:
        """Return when, by whom and what. Raises ``NotFoundError``."""
        ...

    def found_in(self, deployment_id: int) -> dict[str, tuple[Problem, ...]]:
        """Return the problems of each file of a deployment, by its name."""
        ...

    def find(self, kind: DefinitionKind, key: str | None) -> list[Definition]:
        """Return the latest of each key, or all versions of one key, newest first."""
        ...

    def get(self, id: int) -> Definition:
        """Return one version. Raises ``NotFoundError``."""
        ...

    def resource(self, id: int) -> tuple[bytes, tuple[Problem, ...]]:
        """Return the file of a definition and its problems. Raises ``NotFoundError``."""
        ...

    def publish(
        self, id: int, draft: DefinitionDraft, problems: Sequence[Problem], *, at: datetime
    ) -> None:
        """Let new instances use a version that was a draft; ``problems`` are those it has now."""
        ...

    def startable(self, key: str) -> tuple[Definition, bool] | None:
        """Return the newest startable version, and whether it has a plain start event."""
        ...

    def starters(self, messages: Iterable[str]) -> dict[str, Starter]:
        """Return, for each message name, what it starts; the newest deployment wins."""
        ...

    def form(self, key: str, definition_id: int) -> Form | None:
        """Return the form deployed with the definition, else the newest of that key."""
        ...

    def knows(self, kind: str, key: str) -> bool:
        """Tell whether a ``process``, ``decision`` or ``form`` of that key is deployed."""
        ...


class StartStore(Protocol):
    """What starts processes by itself: start events of the newest startable versions."""

    @property
    def armed(self) -> datetime | None:
        """Return the earliest time that was set in this transaction."""
        ...

    def signalled(self, name: str) -> list[Starter]:
        """Return what a signal starts, each process once."""
        ...

    def conditional(self) -> list[Starter]:
        """Return every start event that waits for a condition."""
        ...

    def fire(self, now: datetime, *, limit: int) -> list[Starter]:
        """Take the start timers that are due, set each to its next time, and return them."""
        ...
