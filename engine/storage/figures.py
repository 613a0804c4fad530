"""The figures an operator watches, each from the short end of an index."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from engine.figures import MOST, Figures
from engine.storage.due import earliest
from engine.storage.tables import InboxRow, IncidentRow
from engine.storage.types import UtcDateTime

_WAITING = select(InboxRow.id).limit(MOST).subquery()
_INBOX = select(func.count()).select_from(_WAITING)
# The lowest number came first, or nearly so; its age is told by the clock that wrote it.
_OLDEST = select(InboxRow.added_at, func.now(type_=UtcDateTime())).order_by(InboxRow.id).limit(1)
_OPEN = select(IncidentRow.job_id).where(IncidentRow.resolved_at.is_(None)).limit(MOST).subquery()
#: All, and those of jobs.
_INCIDENTS = select(func.count(), func.count(_OPEN.c.job_id)).select_from(_OPEN)


def figures(connection: Connection, now: datetime) -> Figures:
    """Return the figures of all workspaces; ``now`` is the engine's present, UTC."""
    incidents, of_jobs = connection.execute(_INCIDENTS).one()
    return Figures(
        inbox=connection.scalar(_INBOX) or 0,
        inbox_age=_age(connection),
        timer_delay=_delay(connection, now),
        element_incidents=incidents - of_jobs,
        job_incidents=of_jobs,
    )


def _age(connection: Connection) -> float:
    oldest = connection.execute(_OLDEST).first()
    if oldest is None:
        return 0.0
    added_at, now = oldest
    return max(0.0, (now - added_at).total_seconds())


def _delay(connection: Connection, now: datetime) -> float:
    first = earliest(connection)
    return 0.0 if first is None else max(0.0, (now - first).total_seconds())
