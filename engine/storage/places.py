"""Where tokens wait: the waits of all kinds seen as one list."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    case,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased, join, outerjoin

from engine.instances import WaitingElement
from engine.jobs import HOLDING
from engine.storage.lists.bounds import literals
from engine.storage.ready import Ready
from engine.storage.tables import (
    IncidentRow,
    JobRow,
    SubscriptionRow,
    TermRow,
    TimerRow,
    UserTaskRow,
)
from engine.storage.tables.registry import Occurrence
from engine.user_tasks import OPEN

_OPEN_TASK = literals(UserTaskRow.status, OPEN)
_HOLDING_JOB = literals(JobRow.status, HOLDING)
_FAILED_ELEMENT = IncidentRow.resolved_at.is_(None) & IncidentRow.job_id.is_(None)

_ELEMENT, _NAME, _AWAITED = (aliased(TermRow) for _ in range(3))


def _texts(table: Any) -> tuple[Any, Any, Any]:
    """Return the id and the name of an element, and where they stand."""
    if not issubclass(table, Occurrence):
        return table.element, table.element_name, table
    named = join(table, _ELEMENT, _ELEMENT.id == table.element)
    named = outerjoin(named, _NAME, _NAME.id == table.element_name)
    if table is SubscriptionRow:
        named = join(named, _AWAITED, _AWAITED.id == SubscriptionRow.name)
    return _ELEMENT.text, _NAME.text, named


def at_element(table: Any, element: str) -> ColumnElement[bool]:
    """Return the condition of waiting at an element, for rows of one kind of wait."""
    wanted: Any = element
    if issubclass(table, Occurrence):
        wanted = select(TermRow.id).where(TermRow.text == element).scalar_subquery()
    return cast(ColumnElement[bool], table.element == wanted)


#: (table, kind, since, due, detail, condition for being open)
_KINDS: tuple[tuple[Any, Any, Any, Any, Any, Any], ...] = (
    (
        UserTaskRow,
        literal("user_task"),
        UserTaskRow.created_at,
        UserTaskRow.due,
        UserTaskRow.queue,
        _OPEN_TASK,
    ),
    (TimerRow, literal("timer"), TimerRow.since, TimerRow.due_at, null(), true()),
    (
        SubscriptionRow,
        case((SubscriptionRow.signal, literal("signal")), else_=literal("message")),
        SubscriptionRow.since,
        null(),
        _AWAITED.text,
        true(),
    ),
    (JobRow, literal("job"), JobRow.created_at, JobRow.due_at, JobRow.type, _HOLDING_JOB),
    (
        IncidentRow,
        literal("incident"),
        IncidentRow.created_at,
        null(),
        IncidentRow.what,
        _FAILED_ELEMENT,
    ),
)
#: (table, condition for being open) of everything that holds a token at an ``element``.
HOLDERS = tuple((table, is_open) for table, *_, is_open in _KINDS)
# A union has the column types of its first part, which has a value for every column.
_PLACES = Ready(
    union_all(
        *(
            select(
                element.label("element"),
                name.label("name"),
                kind.label("kind"),
                since.label("since"),
                due.label("due"),
                detail.label("detail"),
            )
            .select_from(source)
            .where(
                # The sum keeps SQLite from an index that begins with the workspace.
                table.workspace_id + 0 == bindparam("workspace"),
                table.instance_id == bindparam("instance"),
                is_open,
            )
            for table, kind, since, due, detail, is_open in _KINDS
            for element, name, source in (_texts(table),)
        )
    )
)


def places(
    connection: Connection, workspace_id: int, instance_id: int
) -> tuple[WaitingElement, ...]:
    """Return where the tokens of an instance wait, oldest first."""
    asked = {"workspace": workspace_id, "instance": instance_id}
    found = [WaitingElement(*row) for row in _PLACES.all(connection, asked)]
    return tuple(sorted(found, key=lambda place: (place.since is None, place.since, place.element)))
