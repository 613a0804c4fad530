"""The composition root: the one place that knows every class, and how they are put together.

A command opens what it needs (:func:`open_engine`, :func:`read_engine`, :func:`open_people`,
:func:`opened`); a server builds everything with :func:`build`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace

from argon2 import PasswordHasher
from flask import Flask

from channels import networks
from channels.accounts import Accounts
from channels.conversations import Conversations
from channels.dead_letters import DeadLetters
from channels.gathering import CLUSTER_MEMBERS, Gathering
from channels.intake import Intake
from channels.listening import Listener
from channels.notes import Notes
from channels.outbox import REPLY_SEND, Outbox
from channels.polling import Poller
from channels.protocol import Channel, Whispering
from channels.receiving import Receiver, whose
from channels.sealing import Seals
from channels.settling import REPLY_SETTLE
from channels.submitting import Submitting
from channels.telephone import Calls
from engine import Engine
from engine.jobs import Job
from engine.limits import Limits
from engine.ports import UnitOfWork
from engine.storage.migrating import upgrade
from engine.storage.news import ChangeFeed
from engine.waking.cluster import ClusterWaker
from engine.waking.embedded import EmbeddedWaker
from webapp.app import create_app
from webapp.data_dir import (
    DataDirectoryError,
    expect_not_moved,
    prepare,
    running_alone,
    secret_key,
)
from webapp.databases import ROOMS
from webapp.live import Live
from webapp.monitoring.monitor import Monitor
from webapp.monitoring.wiring import monitor_of
from webapp.people import People
from webapp.services import Rooms, Services
from webapp.settings import DATABASE_FILE, Settings
from webapp.storage.people import StoredPeople

#: Seconds between two looks for workspaces that other processes made.
NEW_WORKSPACES = 10.0


@dataclass(frozen=True, slots=True)
class Installation:
    """Everything on one database, wired; nothing runs by itself yet."""

    engine: Engine  #: bound to the first workspace
    rooms: Rooms
    networks: Mapping[str, Channel]

    def services(self, workspace: str | None = None) -> Services:
        """Return the services of a workspace, of the first one by default."""
        return self.rooms.of_workspace(workspace or self.engine.workspace.key)


def wire(
    opened: Engine,
    settings: Settings,
    *,
    channels: Mapping[str, Channel] | None = None,
    hasher: PasswordHasher | None = None,
) -> Installation:
    """Put the rooms together on an open engine, and bring their tables up to date.

    Args:
        opened: bound to the first workspace.
        settings: of the installation.
        channels: the networks by name; those found by default.
        hasher: of passwords; argon2id with the library's costs by default.
    """
    with opened.transaction() as uow:
        for name in ("channels", "webapp"):
            upgrade(uow.connection, ROOMS[name].migrations, ROOMS[name].version_table)
    known = networks.found() if channels is None else channels
    people = People(StoredPeople(opened), hasher)
    live = Live(streams=settings.threads * 2 // 3)
    if settings.on_sqlite:
        # On PostgreSQL a server hears what all processes commit, see :class:`Server`.
        opened.on_change(live.publish)
    monitor = monitor_of(opened, live, settings)
    made = _ByWorkspace(opened, people, known, monitor, settings.seals, alone=settings.on_sqlite)
    for type in (REPLY_SEND, REPLY_SETTLE, CLUSTER_MEMBERS):
        opened.on_jobs(type, made.meet)
    rooms = Rooms(people, live, settings, made.services, made.called_at, monitor)
    # An outbox takes the jobs of its workspace from the moment it exists: none may be missing.
    for workspace in opened.workspaces():
        made.services(workspace.key)
    return Installation(opened, rooms, known)


@dataclass(slots=True)
class _ByWorkspace:
    """Makes the services of each workspace once."""

    engine: Engine
    people: People
    networks: Mapping[str, Channel]
    monitor: Monitor
    seals: Seals
    alone: bool  #: no other process sends replies
    made: dict[str, Services] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def services(self, key: str) -> Services:
        with self.lock:
            if key not in self.made:
                bound = self.engine.in_workspace(key)
                outbox = Outbox(
                    bound,
                    self.networks,
                    alone=self.alone,
                    seals=self.seals,
                    attempted=self.monitor.metrics.attempted,
                )
                self.made[key] = Services(
                    engine=bound,
                    conversations=Conversations(bound, self.seals),
                    accounts=Accounts(bound, self.networks, self.seals),
                    outbox=outbox,
                    gathering=Gathering(bound),
                    receiver=Receiver(bound, self.networks, self.seals),
                    letters=DeadLetters(bound, outbox.withholding, self.networks),
                    submitting=Submitting(bound, self.networks),
                    calls=Calls(bound, self.networks),
                    notes=Notes(bound, self.networks),
                    people=self.people,
                )
            return self.made[key]

    def called_at(self, hook: str) -> tuple[Services, int]:
        """Return the services, and the id, of the account called at an address.

        Raises:
            NotFoundError: it is nobody's address.
        """
        workspace, account_id = whose(self.engine, hook)
        return self.services(workspace), account_id

    def meet(self, uow: UnitOfWork, _jobs: Sequence[Job]) -> None:
        """Make the services of the workspace of ``uow``, should another process have made it.

        A handler of jobs that comes before those of the outboxes: the new one hears of these jobs.
        """
        known = {services.engine.workspace.id for services in list(self.made.values())}
        if uow.workspace_id not in known:
            for workspace in self.engine.workspaces():
                self.services(workspace.key)


class Worker:
    """What goes on without anybody asking: instances are woken, accounts read, replies sent."""

    def __init__(self, installation: Installation, *, works: bool = True) -> None:
        """Let the engine leave its work to a waker; :meth:`start` begins to do it.

        Args:
            installation: whose work it is.
            works: False is for a process that never starts: other workers hear of its work.
        """
        self.installation = installation
        opened = installation.engine
        embedded = installation.rooms.settings.on_sqlite
        self._waker = EmbeddedWaker(opened) if embedded else ClusterWaker(opened)
        self._served: set[str] = set()
        self._ends: list[Callable[[], None]] = []
        self._closes: list[Callable[[], None]] = []
        opened.use_waker(self._waker)
        if works:
            installation.rooms.monitor.health.add(
                "waker", lambda: None if self._waker.running else "does not run"
            )

    def start(self) -> None:
        """Begin to wake instances, read the channels and send replies."""
        self._serve_workspaces()
        self._waker.add_poll("workspaces", NEW_WORKSPACES, self._serve_workspaces)
        self._waker.start()

    def stop(self) -> None:
        """Wait for running work and close the database."""
        for end in self._ends:
            end()
        self._waker.stop()
        for close in self._closes:
            close()
        self.installation.engine.close()

    def _serve_workspaces(self) -> None:
        """Schedule what has to be done for workspaces that we have not met before."""
        for workspace in self.installation.engine.workspaces():
            if workspace.key in self._served:
                continue
            services, known = self.installation.services(workspace.key), self.installation.networks
            services.outbox.begin()
            services.outbox.schedule(self._waker)
            intake = Intake(services.engine, channels=known)
            seals = self.installation.rooms.settings.seals
            poller = Poller(services.engine, intake, known, seals)
            poller.schedule(self._waker)
            listener = Listener(services.engine, known, seals)
            listener.schedule(self._waker)
            self._ends += [services.outbox.end, poller.end, listener.end]
            self._closes.append(listener.close)
            self._served.add(workspace.key)


class Server:
    """The application, the news for its open pages, and a worker beside it."""

    def __init__(self, installation: Installation, app: Flask, *, works: bool) -> None:
        """Keep all of it; :meth:`start` begins. ``works``: the worker too."""
        self.installation = installation
        self.app = app
        self._worker = Worker(installation, works=works)
        self._works = works
        self._live = installation.rooms.live
        self._feed: ChangeFeed | None = None

    def start(self) -> None:
        """Begin to hear the news, and to work if this server does."""
        opened = self.installation.engine
        if not self.installation.rooms.settings.on_sqlite:
            # What this process commits comes back to it as well: no change is told twice.
            self._feed = ChangeFeed(
                opened.storage.address(), heard=self._live.publish, missed=self._live.reload
            )
            self._feed.start()
        if self._works:
            self._worker.start()

    def end_streams(self) -> None:
        """End the open live pages, so that nothing holds up a stop."""
        self._live.close()

    def stop(self) -> None:
        """Wait for running work and close the database."""
        self.end_streams()
        if self._feed is not None:
            self._feed.stop()
        self._worker.stop()


def build(settings: Settings, *, works: bool = True) -> Server:
    """Open the database and return a server on it that has not started yet.

    Args:
        settings: of the installation.
        works: False leaves it to workers to wake instances, read channels and send replies.

    Raises:
        StorageError: the database cannot be opened, or is newer than this program.
        DataDirectoryError: the data directory cannot be used.
    """
    key = session_key(settings)
    installation = wire(_engine(settings), settings)
    return Server(installation, create_app(installation.rooms, secret_key=key), works=works)


def build_worker(settings: Settings) -> Worker:
    """Open the database and return a worker on it that has not started yet.

    Raises:
        StorageError: the database cannot be opened, or is newer than this program.
    """
    return Worker(wire(_engine(settings), settings))


def session_key(settings: Settings) -> str:
    """Return the key that signs sessions: the setting, or the file in the data directory.

    Raises:
        DataDirectoryError: the file is wanted, and the data directory cannot be used.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    return secret_key(prepare(settings.data))


def holding(settings: Settings) -> AbstractContextManager[None]:
    """Keep other servers out of the data directory, if the database is in there.

    On PostgreSQL any number of processes work side by side, on one host or on many.

    Raises:
        AlreadyRunningError: another server works on it.
    """
    return running_alone(prepare(settings.data)) if settings.on_sqlite else nullcontext()


def _engine(settings: Settings) -> Engine:
    if settings.on_sqlite:
        expect_not_moved(prepare(settings.data))
    return Engine.open(settings.url, workspace=settings.workspace, limits=limits(settings))


def limits(settings: Settings) -> Limits:
    """Return the bounds of the settings, with what each network carries in a reply."""
    found = networks.found().items()
    carried = {name: channel.reply_limit for name, channel in found}
    apart = {name: one.private_limit for name, one in found if isinstance(one, Whispering)}
    return replace(settings.limits, replies=carried, private_replies=apart)


@contextmanager
def opened(settings: Settings) -> Iterator[Installation]:
    """Open everything for a command, made and migrated if need be; nothing runs by itself."""
    with closing(_engine(settings)) as found:
        yield wire(found, settings)


@contextmanager
def read(settings: Settings) -> Iterator[Installation]:
    """Open everything of an installation that must exist; nothing is made, nothing runs by itself.

    Raises:
        DataDirectoryError: there is no database in the data directory, or it was moved.
    """
    _expect_there(settings)
    with opened(settings) as installation:
        yield installation


@contextmanager
def open_engine(settings: Settings) -> Iterator[Engine]:
    """Open the engine of the first workspace, made and migrated if need be."""
    with opened(settings) as installation:
        yield installation.engine


@contextmanager
def open_people(settings: Settings) -> Iterator[People]:
    """Open the people of the installation, made and migrated if need be."""
    with opened(settings) as installation:
        yield installation.rooms.people


@contextmanager
def read_people(settings: Settings) -> Iterator[People]:
    """Open the people of an installation that must exist; nothing is made.

    Raises:
        DataDirectoryError: there is no database in the data directory, or it was moved.
    """
    with read(settings) as installation:
        yield installation.rooms.people


@contextmanager
def read_engine(settings: Settings) -> Iterator[Engine]:
    """Open the engine of an installation that must exist; nothing is made.

    Raises:
        DataDirectoryError: there is no database in the data directory, or it was moved.
        StorageError: the database cannot be opened, or is newer than this program.
    """
    _expect_there(settings)
    with closing(_engine(settings)) as found:
        yield found


def _expect_there(settings: Settings) -> None:
    """Refuse a data directory without a database: most likely its name is wrong."""
    if settings.on_sqlite and not (settings.data / DATABASE_FILE).exists():
        if settings.data.exists() and not settings.data.is_dir():
            prepare(settings.data)
        raise DataDirectoryError(
            f"There is no Corral database in {settings.data}. Check --data, or make one with "
            "'corral run' or 'corral replay'."
        )
