"""Activities that stand for themselves: plain, user and script tasks, and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import timers
from engine.bpmn.decisions.business import history_of
from engine.bpmn.errors import ElementError
from engine.bpmn.specs.binding import which
from engine.bpmn.specs.element import Element, Origin, ScopeSpec
from engine.bpmn.token import READY, Token
from engine.bpmn.variables import storable_name, storable_variables
from engine.history import What
from engine.ports import UserTaskWait
from engine.user_tasks import DEFAULT_PRIORITY

if TYPE_CHECKING:
    from engine.bpmn.expressions import Expression, Script
    from engine.bpmn.extensions.decision import DecisionSettings
    from engine.bpmn.extensions.user_task import UserTaskSettings
    from engine.calendars import Calendar


class Activity(Element):
    """A task without a type passes; the others extend it."""

    is_activity = True


class UserTask(Activity):
    """Waits for an agent. A manual task is the same without a form."""

    def __init__(
        self,
        scope: ScopeSpec,
        name: str,
        origin: Origin,
        settings: UserTaskSettings,
        calendar: Calendar | None = None,
    ) -> None:
        """``settings`` say who, by when, with which form; ``calendar`` when it is open."""
        super().__init__(scope, name, origin)
        self.settings, self.calendar = settings, calendar

    def slots(self, token: Token) -> Iterable[int]:
        """One wait, while it is open."""
        return (0,) if token.state == READY else ()

    def _update_hook(self, my_task: Token) -> bool:
        top = my_task.workflow.top_workflow
        wanted = self.settings
        wait = UserTaskWait(
            token=my_task.id,
            element=self.bpmn_id or self.name,
            name=_text(my_task, wanted.title) or self.bpmn_name,
            queue=_name(my_task, wanted.queue, "queue") or self.lane,
            due=self._due(my_task),
            form=_name(my_task, wanted.form, "key of the form"),
            priority=self._priority(my_task),
            assignee=_name(my_task, wanted.assignee, "assignee"),
        )
        top.note(my_task, What.ENTERED)
        top.open(wait)
        return my_task.wait(READY)

    def _due(self, token: Token) -> datetime | None:
        """Return the moment it is due; of several the first."""
        value = token.evaluate(self.settings.due) if self.settings.due is not None else None
        told = value if isinstance(value, list) else [value]
        moments = [self._moment(token, one) for one in told if one is not None and one != ""]
        return min(moments, default=None)

    def _moment(self, token: Token, value: Any) -> datetime:
        if isinstance(value, datetime):
            value = value.isoformat()
        if not isinstance(value, str):
            raise ElementError(
                f"The due date is {value!r}, which is no text.",
                "Give a duration such as PT4H, or a date such as 2026-03-01T09:00:00Z.",
            )
        return timers.due_date(value, since=token.workflow.top_workflow.now, calendar=self.calendar)

    def _priority(self, token: Token) -> int:
        expression = self.settings.priority
        value = token.evaluate(expression) if expression is not None else None
        if value is None or value == "":
            return DEFAULT_PRIORITY
        try:
            return max(0, min(100, round(float(value))))
        except (TypeError, ValueError, OverflowError):
            raise ElementError(
                f"The priority is {value!r}, which is no number.", "Give a number from 0 to 100."
            ) from None

    def submit(
        self,
        token: Token,
        data: Mapping[str, Any],
        opened_with: Mapping[str, Any] | None,
        by: str | None,
    ) -> None:
        """Complete the user task.

        Args:
            token: which waits.
            data: what the person submitted; keys that are absent stay as they are.
            opened_with: what the person saw when opening the form. What others changed since
                then survives, unless the person changed it too.
            by: the person, for the history and the variable of ``completedBy``.
        """
        top = token.workflow.top_workflow
        if opened_with is not None:
            shown = {**opened_with, **data}
            merged = top.merge(token, opened_with, shown)
            data = {name: merged[name] for name in shown if name in merged}
        if self.settings.completed_by is not None:
            # After the answers: nobody signs with another's name.
            data = {**data, self.settings.completed_by: by}
        top.assign(token, data)
        token.internal_data["by"] = by
        token.complete()


class ScriptTask(Activity):
    """Runs assignments; all of them, or none when one fails."""

    def __init__(self, scope: ScopeSpec, name: str, origin: Origin, script: Script) -> None:
        """``script`` is compiled once and shared."""
        super().__init__(scope, name, origin)
        self.script = script

    def _run_hook(self, my_task: Token) -> bool | None:
        top, data = my_task.workflow.top_workflow, my_task.data
        # On a copy, as a value that cannot be kept is found only when the script is through; and
        # all of it is compared, as a script may set names that its text does not show.
        tried = dict(data)
        self.script.run(tried, now=top.now)
        changed = {
            name: value
            for name, value in tried.items()
            if name not in data or value is not data[name]
        }
        kept = storable_variables(changed)
        for name in data.keys() - tried.keys():
            del data[name]
        data.update(kept)
        top.dirty = True
        return True


class DecisionTask(Activity):
    """Asks a decision; what it gives becomes one variable, the rules that fired go to history."""

    def __init__(
        self,
        scope: ScopeSpec,
        name: str,
        origin: Origin,
        settings: DecisionSettings,
    ) -> None:
        """``settings`` say which decision, and where its result goes in which shape."""
        super().__init__(scope, name, origin)
        self.settings = settings

    def _run_hook(self, my_task: Token) -> bool | None:
        top = my_task.workflow.top_workflow
        wanted = self.settings
        key = str(my_task.evaluate(wanted.ref)) if wanted.ref is not None else ""
        if not key:
            raise ElementError("The key of the decision is empty.", "Give the id of a decision.")
        asked = top.world.decision(key, which(my_task, wanted.binding, "decision"))
        values, found = asked.evaluate(my_task.data, wanted.map, now=top.now)
        own_names = wanted.map in ("variables", "columns") and isinstance(values, dict)
        top.assign(my_task, values if own_names else {wanted.result or asked.key: values})
        my_task.internal_data["detail"] = history_of(asked, found)
        return True


def _text(token: Token, expression: Expression | None) -> str | None:
    value = token.evaluate(expression) if expression is not None else None
    if isinstance(value, list):  # candidates: the first one counts
        value = value[0] if value else None
    return None if value is None or value == "" else str(value)


def _name(token: Token, expression: Expression | None, what: str) -> str | None:
    text = _text(token, expression)
    return text if text is None else storable_name(text, what)
