"""What time has come for, and when it comes next: of all workspaces, each from an index.

Asked for twice a second and more by each process, mostly for nothing: so all of it is built once.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from engine.records import Due
from engine.storage.tables import TimerRow, TimerStartRow

_TIMERS = (
    select(TimerRow.workspace_id, TimerRow.instance_id)
    .where(TimerRow.due_at <= bindparam("moment"))
    .order_by(TimerRow.due_at)
    .limit(bindparam("at_most"))
)
_STARTS = (
    select(TimerStartRow.workspace_id).where(TimerStartRow.due_at <= bindparam("moment")).distinct()
)
_TIMERS_IN_ONE = _TIMERS.where(TimerRow.workspace_id == bindparam("workspace"))
_STARTS_IN_ONE = _STARTS.where(TimerStartRow.workspace_id == bindparam("workspace"))
_EARLIEST = tuple(select(func.min(table.due_at)) for table in (TimerRow, TimerStartRow))


def due(connection: Connection, now: datetime, workspace: int | None, *, limit: int) -> Due:
    """Return what is due at ``now``, in one workspace or in all; see ``Storage.due``."""
    timers, starts = (_TIMERS, _STARTS) if workspace is None else (_TIMERS_IN_ONE, _STARTS_IN_ONE)
    asked = {"moment": now, "at_most": limit, "workspace": workspace}
    starting = tuple(connection.execute(starts, asked).scalars())
    found: dict[int, dict[int, None]] = {}
    for workspace_id, id in connection.execute(timers, asked):
        found.setdefault(workspace_id, {})[id] = None
    return Due(starting, {each: list(ids) for each, ids in found.items()})


def earliest(connection: Connection) -> datetime | None:
    """Return when the first timer is due, UTC, of an instance or of a start event."""
    found = (connection.execute(statement).scalar_one() for statement in _EARLIEST)
    return min((moment for moment in found if moment is not None), default=None)


__all__ = ["due", "earliest"]
