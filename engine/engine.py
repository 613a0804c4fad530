"""The engine: deploy, start, correlate, claim, complete, resolve.

This is also the public embedding API, with examples in ``docs/embedding.md``. The use cases live
in ``engine/use_cases``, one file a noun; this class joins them and says how an engine comes about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from engine.decisions import Decision
from engine.errors import NotFoundError
from engine.limits import Limits
from engine.observing import Observer
from engine.ports import Clock, Waker
from engine.stores import Storage
from engine.use_cases.bound import Listener
from engine.use_cases.deciding import DecisionUseCases, Files, sources_of
from engine.use_cases.definitions import DefinitionUseCases
from engine.use_cases.instances import InstanceUseCases
from engine.use_cases.jobs import JobUseCases
from engine.use_cases.simulating import SimulationUseCases
from engine.use_cases.upkeep import UpkeepUseCases
from engine.use_cases.user_tasks import UserTaskUseCases
from engine.workspaces import DEFAULT_WORKSPACE, Workspace


class Engine(
    DefinitionUseCases,
    DecisionUseCases,
    SimulationUseCases,
    InstanceUseCases,
    UserTaskUseCases,
    JobUseCases,
    UpkeepUseCases,
):
    """Runs process instances of one workspace. Safe to use from many threads.

    All moments are aware and in UTC. ``within`` is an open transaction of the same workspace: then
    nothing is committed by the call, and instances go on when that ends; see :meth:`transaction`
    and :meth:`transact`.
    Without it each call is a transaction of its own and advances the instance inside it.
    """

    @classmethod
    def in_memory(
        cls,
        *,
        workspace: str = DEFAULT_WORKSPACE,
        clock: Clock | None = None,
        limits: Limits | None = None,
    ) -> Self:
        """Return an engine whose database lives in memory, for tests and trials."""
        return cls.open("sqlite://", workspace=workspace, clock=clock, limits=limits)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        workspace: str = DEFAULT_WORKSPACE,
        clock: Clock | None = None,
        limits: Limits | None = None,
    ) -> Self:
        """Open a database and bring the engine's tables up to date.

        Args:
            url: ``sqlite:///corral.sqlite`` or ``postgresql+psycopg://user@host/database``.
            workspace: key; created, with that name and UTC, when it is not there.
            clock: None is that of the database server; on SQLite, of this machine.
            limits: of uploads and runs; None is :class:`Limits` as it is.

        Raises:
            StorageError: the database cannot be opened, or is newer than this program.
        """
        # The one place where the core reaches for its adapters, and only when it is asked to.
        from engine.opening import core

        shared = core(url, clock, limits=limits)
        return cls(shared, shared.storage.create_workspace(workspace, workspace, "UTC"))

    def in_workspace(self, key: str) -> Self:
        """Return an engine on the same storage for another workspace. Raises ``NotFoundError``."""
        for workspace in self.workspaces():
            if workspace.key == key:
                return type(self)(self._core, workspace)
        raise NotFoundError("workspace", key)

    def create_workspace(self, key: str, name: str, *, zone: str = "UTC") -> Self:
        """Return an engine for the workspace ``key``, created if need be.

        Raises:
            ValueError: for a key or a time zone nobody could use.
        """
        return type(self)(self._core, self._core.storage.create_workspace(key, name, zone))

    def workspaces(self) -> list[Workspace]:
        """Return all workspaces of the storage, by key."""
        return self._core.storage.workspaces()

    @property
    def storage(self) -> Storage:
        """The storage; other rooms migrate their own tables on ``storage.database``."""
        return self._core.storage

    def use_waker(self, waker: Waker) -> None:
        """Let ``waker`` advance what commits leave behind, for all workspaces of the storage."""
        self._core.waker = waker

    def on_change(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after each commit that changed something; returns how to stop it.

        Changes of all workspaces are told; each names its own.
        """
        return self._core.listen(listener)

    def use_observer(self, observer: Observer) -> None:
        """Tell ``observer`` what each commit did, for all workspaces of the storage."""
        self._core.observer = observer

    def close(self) -> None:
        """Close the database; the engines of its other workspaces are closed with it."""
        self._core.storage.close()


def decide(files: Files, decision: str, inputs: Mapping[str, Any] | None = None) -> Decision:
    """Return what a decision in DMN files gives, without a database.

    See :meth:`~engine.use_cases.deciding.DecisionUseCases.decide`; at least one file is needed.
    """
    from engine.opening import SystemClock, runner

    return runner().decide(sources_of(files), decision, inputs or {}, now=SystemClock().now())
