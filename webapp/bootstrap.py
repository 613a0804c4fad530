"""The composition root: the one place that knows every class, and how they are put together.

A command opens what it needs (:func:`open_engine`, :func:`read_engine`, :func:`open_people`,
:func:`opened`); a server builds everything with :func:`build`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace

from argon2 import PasswordHasher
from flask import Flask

from channels import networks
from channels.conversations import Conversations
from channels.intake import Intake
from channels.outbox import Outbox
from channels.polling import Poller
from channels.protocol import Channel
from engine import Engine
from engine.limits import Limits
from engine.storage.migrating import upgrade
from engine.waking.embedded import EmbeddedWaker
from webapp.app import create_app
from webapp.data_dir import DataDirectoryError, expect_not_moved, prepare, secret_key
from webapp.databases import ROOMS
from webapp.live import Live
from webapp.monitoring.wiring import monitor_of
from webapp.people import People
from webapp.services import Rooms, Services
from webapp.settings import DATABASE_FILE, Settings
from webapp.storage.people import StoredPeople


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
    opened.on_change(live.publish)
    made = _ByWorkspace(opened, people, known)
    monitor = monitor_of(opened, live, settings)
    rooms = Rooms(people, live, settings, made.services, monitor)
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
    made: dict[str, Services] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def services(self, key: str) -> Services:
        with self.lock:
            if key not in self.made:
                bound = self.engine.in_workspace(key)
                self.made[key] = Services(
                    engine=bound,
                    conversations=Conversations(bound),
                    outbox=Outbox(bound, self.networks),
                    people=self.people,
                )
            return self.made[key]


class Server:
    """The application and all that runs beside it: the waker, the polls, the outboxes."""

    def __init__(self, installation: Installation, app: Flask) -> None:
        """Keep both; :meth:`start` begins."""
        self.installation = installation
        self.app = app
        self._waker = EmbeddedWaker(installation.engine)
        installation.rooms.monitor.health.add(
            "waker", lambda: None if self._waker.running else "does not run"
        )

    def start(self) -> None:
        """Begin to wake instances, read the channels and send replies."""
        opened = self.installation.engine
        opened.use_waker(self._waker)
        for workspace in opened.workspaces():
            services = self.installation.services(workspace.key)
            services.outbox.begin()
            services.outbox.schedule(self._waker)
            intake = Intake(services.engine, channels=self.installation.networks)
            Poller(services.engine, intake, self.installation.networks).schedule(self._waker)
        self._waker.start()

    def end_streams(self) -> None:
        """End the open live pages, so that nothing holds up a stop."""
        self.installation.rooms.live.close()

    def stop(self) -> None:
        """Wait for running work and close the database."""
        self.end_streams()
        self._waker.stop()
        self.installation.engine.close()


def build(settings: Settings) -> Server:
    """Open the database and return a server on it that has not started yet.

    Raises:
        StorageError: the database cannot be opened, or is newer than this program.
        DataDirectoryError: the data directory cannot be used.
    """
    folder = prepare(settings.data)
    if settings.on_sqlite:
        expect_not_moved(folder)
    installation = wire(_engine(settings), settings)
    return Server(installation, create_app(installation.rooms, secret_key=secret_key(folder)))


def _engine(settings: Settings) -> Engine:
    return Engine.open(settings.url, workspace=settings.workspace, limits=limits(settings))


def limits(settings: Settings) -> Limits:
    """Return the bounds of the settings, with what each network carries in a reply."""
    carried = {name: channel.reply_limit for name, channel in networks.found().items()}
    return replace(settings.limits, replies=carried)


@contextmanager
def opened(settings: Settings) -> Iterator[Installation]:
    """Open everything for a command, made and migrated if need be; nothing runs by itself."""
    if settings.on_sqlite:
        expect_not_moved(prepare(settings.data))
    with closing(_engine(settings)) as found:
        yield wire(found, settings)


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
def read_engine(settings: Settings) -> Iterator[Engine]:
    """Open the engine of an installation that must exist; nothing is made.

    Raises:
        DataDirectoryError: there is no database in the data directory.
        StorageError: the database cannot be opened, or is newer than this program.
    """
    if settings.on_sqlite and not (settings.data / DATABASE_FILE).exists():
        if settings.data.exists() and not settings.data.is_dir():
            prepare(settings.data)
        raise DataDirectoryError(
            f"There is no Corral database in {settings.data}. Check --data, or make one with "
            "'corral run' or 'corral replay'."
        )
    with closing(_engine(settings)) as found:
        yield found
