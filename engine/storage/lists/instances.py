"""Which instances a list shows, newest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, false, func, literal, select, tuple_, union_all

from engine.instances import InstanceFilter, InstanceStatus
from engine.storage.lists.bounds import counted, literals
from engine.storage.places import HOLDERS, at_element
from engine.storage.tables import (
    DefinitionRow,
    IncidentRow,
    InstanceRow,
    TimerRow,
    UserTaskRow,
)
from engine.storage.types import UtcDateTime
from engine.user_tasks import OPEN

#: Newest first; rows are numbered in the order they start, and where clocks differ, nearly so.
BY_START: tuple[Any, ...] = (InstanceRow.started_at.desc(), InstanceRow.id.desc())
BY_NUMBER: tuple[Any, ...] = (InstanceRow.id.desc(),)
#: Active instances that are looked through for late ones, newest first.
NEWEST = 5_000
_OPEN_INCIDENT = IncidentRow.resolved_at.is_(None)


def page(
    connection: Connection,
    listed: Select[Any],
    workspace: int,
    where: InstanceFilter,
    *,
    before: int | None,
    limit: int,
) -> Select[Any]:
    """Return ``listed`` narrowed to one page; ``before`` is the last id of the page before.

    What is held somewhere is looked up there, and comes by its number: that is the order of the
    indexes of waits. Any other list comes from the indexes of instances.
    """
    if where.with_incident or where.waiting_at is not None:
        parts, order = _held(workspace, where, before), BY_NUMBER
    else:
        place = _place(connection, workspace, before)
        parts, order = _started(workspace, where, before, place), BY_START
        recent = _recent(connection, workspace, where, before, place)
        if recent is not None and counted(connection, recent, limit) == limit:
            parts = [recent]
    # Each part ends by itself, so that no more than a few pages are put in order.
    some = [select(part.limit(limit).subquery().c[0]) for part in parts]
    chosen = union_all(*some) if len(some) > 1 else some[0]
    return listed.where(InstanceRow.id.in_(chosen)).order_by(*order).limit(limit)


def matching(workspace: int, where: InstanceFilter) -> Select[Any]:
    """Return the ids that fit a filter, in no order, for counting up to a bound."""
    if where.with_incident or where.waiting_at is not None:
        parts = (
            select(part.order_by(None).subquery().c[0]) for part in _held(workspace, where, None)
        )
        return select(union_all(*parts).subquery().c[0]).distinct()
    status = _status(where)
    narrowed = select(InstanceRow.id).where(*_narrowed(workspace, where))
    return narrowed if status is None else narrowed.where(literals(InstanceRow.status, [status]))


def running(workspace: int, keys: Collection[str], most: int) -> Select[Any]:
    """Return, for processes, the keys and how many instances run of each, at most ``most``."""
    processes = (
        select(DefinitionRow.key)
        .where(DefinitionRow.workspace_id == workspace, DefinitionRow.key.in_(keys))
        .distinct()
        .subquery()
    )
    active = (
        select(literal(1).label("one"))
        .where(
            InstanceRow.workspace_id == workspace,
            InstanceRow.definition_key == processes.c.key,
            literals(InstanceRow.status, [InstanceStatus.ACTIVE]),
        )
        .limit(most)
        .correlate(processes)
        .subquery()
    )
    count = select(func.count()).select_from(active).scalar_subquery()
    return select(processes.c.key, count)


def _started(
    workspace: int, where: InstanceFilter, before: int | None, place: datetime | None
) -> list[Select[Any]]:
    """Return the parts of a list in the order of starts: a part for each status."""
    narrowed = _beyond(select(InstanceRow.id).where(*_narrowed(workspace, where)), before, place)
    if where.business_key is not None and where.status is None:
        return [narrowed]  # few, and found by the key
    status = _status(where)
    statuses = list(InstanceStatus) if status is None else [status]
    return [narrowed.where(literals(InstanceRow.status, [each])) for each in statuses]


def _beyond(narrowed: Select[Any], before: int | None, place: datetime | None) -> Select[Any]:
    """Return what comes after the page before, in the order of starts."""
    if before is not None and place is not None:
        last = tuple_(literal(place, UtcDateTime), literal(before))
        narrowed = narrowed.where(tuple_(InstanceRow.started_at, InstanceRow.id) < last)
    elif before is not None:
        narrowed = narrowed.where(InstanceRow.id < before)
    return narrowed.order_by(*BY_START)


def _recent(
    connection: Connection,
    workspace: int,
    where: InstanceFilter,
    before: int | None,
    place: datetime | None,
) -> Select[Any] | None:
    """Return the late ones among the newest, None where lateness does not matter.

    Where many are late, a page of them is there, and nobody has to look up all that are.
    """
    if where.overdue_at is None or where.status not in (None, InstanceStatus.ACTIVE):
        return None
    active = literals(InstanceRow.status, [InstanceStatus.ACTIVE])
    anyhow = _narrowed(workspace, replace(where, overdue_at=None))
    listed: Any = select(InstanceRow.id, InstanceRow.next_due, InstanceRow.started_at)
    some = _beyond(listed.where(*anyhow, active), before, place).limit(NEWEST).subquery()
    late = select(some.c.id).where(some.c.next_due < where.overdue_at)
    return late.order_by(some.c.started_at.desc(), some.c.id.desc())


def _held(workspace: int, where: InstanceFilter, before: int | None) -> list[Select[Any]]:
    """Return the parts of a list of what is held: a part for each kind of wait."""
    holders: Sequence[tuple[Any, Any]] = HOLDERS
    if where.with_incident and where.waiting_at is None:
        holders = ((IncidentRow, _OPEN_INCIDENT),)
    more: list[Any] = []
    if _status(where) not in (None, InstanceStatus.ACTIVE):
        more.append(false())  # what has ended waits nowhere, and what has not is active
    more += _narrowed(workspace, where, look_up=False)[1:]
    parts = []
    for table, is_open in holders:
        at = [] if where.waiting_at is None else [at_element(table, where.waiting_at)]
        part = (
            select(table.instance_id)
            .distinct()
            .where(table.workspace_id == workspace, *at, is_open)
            .order_by(table.instance_id.desc())
        )
        if where.with_incident and table is not IncidentRow:
            # Not «exists»: which of the two is rare, the database knows better.
            part = part.join(IncidentRow, IncidentRow.instance_id == table.instance_id).where(
                IncidentRow.workspace_id == workspace, _OPEN_INCIDENT
            )
        if before is not None:
            part = part.where(table.instance_id < before)
        if more:
            # The second condition says nothing new, but is where a merge begins.
            part = part.join(InstanceRow, InstanceRow.id == table.instance_id).where(*more)
            part = part if before is None else part.where(InstanceRow.id < before)
        parts.append(part)
    return parts


def _narrowed(workspace: int, where: InstanceFilter, *, look_up: bool = True) -> list[Any]:
    """Return the conditions of a row; ``look_up`` adds where late ones are found by an index."""
    found: list[Any] = [InstanceRow.workspace_id == workspace]
    if where.key is not None:
        found.append(InstanceRow.definition_key == where.key)
    if where.definition_id is not None:
        found.append(InstanceRow.definition_id == where.definition_id)
    if where.business_key is not None:
        found.append(InstanceRow.business_key == where.business_key)
    if where.started_before is not None:
        found.append(InstanceRow.started_at < where.started_before)
    if where.overdue_at is not None:
        active = literals(InstanceRow.status, [InstanceStatus.ACTIVE])
        found.append(and_(active, InstanceRow.next_due < where.overdue_at))
        if look_up:
            found.append(InstanceRow.id.in_(_late(workspace, where.overdue_at)))
    return found


def _late(workspace: int, moment: datetime) -> Any:
    """Return the instances with an open user task or a timer that was due before ``moment``.

    Nothing is indexed that changes while an instance runs, so ``next_due`` is not; these are.
    """
    tasks = select(UserTaskRow.instance_id).where(
        UserTaskRow.workspace_id == workspace,
        literals(UserTaskRow.status, OPEN),
        UserTaskRow.due < moment,
    )
    return union_all(tasks, select(TimerRow.instance_id).where(TimerRow.due_at < moment))


def _status(where: InstanceFilter) -> InstanceStatus | None:
    """Return the only status that fits, if there is but one: what has ended is not overdue."""
    if where.status is None and where.overdue_at is not None:
        return InstanceStatus.ACTIVE
    return where.status


def _place(connection: Connection, workspace: int, before: int | None) -> datetime | None:
    if before is None:
        return None
    statement = select(InstanceRow.started_at).where(
        InstanceRow.workspace_id == workspace, InstanceRow.id == before
    )
    return connection.execute(statement).scalar_one_or_none()
