"""What a page or an API resource may use, already bound to the workspace of the person who asks.

The composition root (:mod:`webapp.bootstrap`) puts one :class:`Rooms` on the application; a
request asks :func:`services` and never sees another workspace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app, g

from webapp.security import current_person

if TYPE_CHECKING:
    from channels.accounts import Accounts
    from channels.conversations import Conversations
    from channels.dead_letters import DeadLetters
    from channels.gathering import Gathering
    from channels.notes import Notes
    from channels.outbox import Outbox
    from channels.receiving import Receiver
    from channels.submitting import Submitting
    from channels.telephone import Calls
    from engine import Engine
    from webapp.live import Live
    from webapp.monitoring.monitor import Monitor
    from webapp.people import People
    from webapp.settings import Settings

#: Key of :class:`Rooms` in ``app.extensions``.
EXTENSION = "corral"


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms behind the pages, for one workspace."""

    engine: Engine
    conversations: Conversations
    accounts: Accounts
    outbox: Outbox
    gathering: Gathering
    receiver: Receiver
    letters: DeadLetters
    submitting: Submitting
    calls: Calls
    notes: Notes
    people: People


@dataclass(frozen=True, slots=True)
class Rooms:
    """What the application needs before anybody has logged in, and the way to the rest."""

    people: People
    live: Live
    settings: Settings
    #: Returns the services of the workspace with that key; asks the storage at most once a key.
    of_workspace: Callable[[str], Services]
    #: Returns the services of the workspace, and the id, of the account called at an address.
    called_at: Callable[[str], tuple[Services, int]]
    monitor: Monitor


def rooms() -> Rooms:
    """Return what the application was wired with."""
    return cast("Rooms", current_app.extensions[EXTENSION])


def services() -> Services:
    """Return the services of the workspace of the person who asks.

    Raises:
        RuntimeError: nobody is logged in; a route without a login must not come here.
    """
    if "services" not in g:
        g.services = rooms().of_workspace(current_person().workspace)
    return cast("Services", g.services)
