"""Puts an engine together: storage, runner, clock and waker."""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from functools import partial

from engine.bpmn.runner import SpiffRunner
from engine.forms import validate
from engine.limits import Limits
from engine.ports import BpmnRunner, Clock
from engine.storage import SqlStorage
from engine.storage.clock import DatabaseClock
from engine.use_cases.bound import Core
from engine.use_cases.upkeep import advance
from engine.waking.inline import InlineWaker


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


@functools.cache
def runner() -> BpmnRunner:
    """Return a runner that is shared by all who need no database."""
    return SpiffRunner()


def clock_of(storage: SqlStorage) -> Clock:
    """Return the clock by which a database is worked on: that of its server, if it has one."""
    return SystemClock() if storage.database.sqlite else DatabaseClock(storage.database)


def core(
    url: str,
    clock: Clock | None = None,
    bpmn: BpmnRunner | None = None,
    limits: Limits | None = None,
) -> Core:
    """Open a database and return what engines on it share, with a waker that advances at once.

    Raises:
        StorageError: the database cannot be opened, or is newer than this program.
    """
    storage = SqlStorage(url)
    shared = Core(
        storage, bpmn or SpiffRunner(limits), clock or clock_of(storage), check_form=validate
    )
    shared.waker = InlineWaker(partial(advance, shared))
    return shared
