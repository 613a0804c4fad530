"""What starts processes by itself: signals, conditions and times of start events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from engine.definitions import DefinitionDraft, TimerStart
from engine.records import Starter
from engine.schedules import Firing, Schedule
from engine.storage.tables import (
    ConditionStartRow,
    MessageStartRow,
    SignalStartRow,
    TimerStartRow,
)


class SqlStarts:
    """The start events of the newest startable versions of one workspace."""

    def __init__(self, connection: Connection, workspace_id: int) -> None:
        """Work on an open transaction."""
        self._connection = connection
        self._workspace = workspace_id
        #: The earliest time that was set in this transaction, for whoever arms the clock.
        self.armed: datetime | None = None

    def replace(self, definition_id: int, draft: DefinitionDraft, *, now: datetime) -> None:
        """Let a version start its process in the place of the version before it.

        A timer that says what it said before goes on; any other begins to count at ``now``.
        """
        for table in (MessageStartRow, SignalStartRow, ConditionStartRow):
            self._connection.execute(delete(table).where(*self._of(table, draft.key)))
        self._insert(
            MessageStartRow,
            definition_id,
            draft,
            [{"message": each.message, "element": each.element} for each in draft.message_starts],
        )
        self._insert(
            SignalStartRow,
            definition_id,
            draft,
            [{"signal": each.signal, "element": each.element} for each in draft.signal_starts],
        )
        self._insert(
            ConditionStartRow,
            definition_id,
            draft,
            [{"element": element} for element in draft.condition_starts],
        )
        self._replace_timers(definition_id, draft, now)

    def signalled(self, name: str) -> list[Starter]:
        """Return what a signal starts, each process once."""
        rows = self._connection.execute(
            select(
                SignalStartRow.definition_id,
                SignalStartRow.definition_key,
                SignalStartRow.signal,
                SignalStartRow.element,
            )
            .where(SignalStartRow.workspace_id == self._workspace, SignalStartRow.signal == name)
            .order_by(SignalStartRow.id)
        )
        return _once(Starter(*row) for row in rows)

    def conditional(self) -> list[Starter]:
        """Return every start event that waits for a condition."""
        rows = self._connection.execute(
            select(
                ConditionStartRow.definition_id,
                ConditionStartRow.definition_key,
                ConditionStartRow.element,
            )
            .where(ConditionStartRow.workspace_id == self._workspace)
            .order_by(ConditionStartRow.id)
        )
        return [Starter(row[0], row[1], "", row[2]) for row in rows]

    def fire(self, now: datetime, *, limit: int) -> list[Starter]:
        """Take the start timers that are due, set each to its next time, and return them.

        What another transaction holds is left out: that one starts the instances.
        """
        rows = self._connection.execute(
            select(TimerStartRow.__table__)
            .where(TimerStartRow.workspace_id == self._workspace, TimerStartRow.due_at <= now)
            .order_by(TimerStartRow.due_at, TimerStartRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            self._set_next(row, now)
        return [Starter(row.definition_id, row.definition_key, "", row.element) for row in rows]

    def _set_next(self, row: Row[Any], now: datetime) -> None:
        schedule = msgspec.convert(row.schedule, Schedule)
        fired = Firing(row.due_at, row.remaining, row.anchor, row.beat)
        following = schedule.following(fired, now=now)
        if following is None:
            self._connection.execute(delete(TimerStartRow).where(TimerStartRow.id == row.id))
            return
        self._connection.execute(
            update(TimerStartRow).where(TimerStartRow.id == row.id).values(_columns(following))
        )

    def _replace_timers(self, definition_id: int, draft: DefinitionDraft, now: datetime) -> None:
        wanted = {(each.element, each.slot): each for each in draft.timer_starts}
        rows = self._connection.execute(
            select(
                TimerStartRow.id, TimerStartRow.element, TimerStartRow.slot, TimerStartRow.schedule
            ).where(*self._of(TimerStartRow, draft.key))
        ).all()
        for row in rows:
            start = wanted.get((row.element, row.slot))
            this = TimerStartRow.id == row.id
            if start is not None and msgspec.convert(row.schedule, Schedule) == start.schedule:
                del wanted[row.element, row.slot]
                self._connection.execute(
                    update(TimerStartRow).where(this).values(definition_id=definition_id)
                )
            else:
                self._connection.execute(delete(TimerStartRow).where(this))
        self._insert(TimerStartRow, definition_id, draft, self._armed(wanted.values(), now))

    def _armed(self, starts: Any, now: datetime) -> list[dict[str, Any]]:
        armed = []
        for start in starts:
            row = _timer(start, now)
            if row is not None:
                armed.append(row)
                due = row["due_at"]
                self.armed = due if self.armed is None else min(self.armed, due)
        return armed

    def _insert(
        self, table: Any, definition_id: int, draft: DefinitionDraft, rows: list[dict[str, Any]]
    ) -> None:
        common = {
            "workspace_id": self._workspace,
            "definition_id": definition_id,
            "definition_key": draft.key,
        }
        if rows:
            self._connection.execute(insert(table), [common | row for row in rows])

    def _of(self, table: Any, key: str) -> tuple[Any, Any]:
        return table.workspace_id == self._workspace, table.definition_key == key


def _timer(start: TimerStart, now: datetime) -> dict[str, Any] | None:
    """Return the row of a start timer; None when its time has passed for good."""
    first = start.schedule.upcoming(now=now)
    if first is None:
        return None
    schedule = msgspec.to_builtins(start.schedule)
    return {"element": start.element, "slot": start.slot, "schedule": schedule} | _columns(first)


def _columns(firing: Firing) -> dict[str, Any]:
    return {
        "due_at": firing.due,
        "remaining": firing.left,
        "anchor": firing.anchor,
        "beat": firing.index,
    }


def _once(starters: Any) -> list[Starter]:
    """Return the first of each process: a signal that two of its events wait for starts it once."""
    return list({each.definition_id: each for each in reversed(list(starters))}.values())[::-1]
