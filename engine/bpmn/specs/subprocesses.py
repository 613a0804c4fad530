"""Activities that run a scope: sub-processes, event sub-processes, called processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.errors import ElementError
from engine.bpmn.specs.element import Element, Origin, ScopeSpec
from engine.bpmn.token import READY, STARTED, Token
from engine.history import What

if TYPE_CHECKING:
    from engine.bpmn.scope import Scope


class SubProcess(Element):
    """An embedded sub-process or transaction; its tokens share the variables around it."""

    is_activity = True

    def __init__(self, scope: ScopeSpec, name: str, origin: Origin, runs: ScopeSpec) -> None:
        """``runs`` is the scope inside; it is filled while the file is compiled."""
        super().__init__(scope, name, origin)
        self.runs = runs

    def _update_hook(self, my_task: Token) -> bool:
        if self.origin.id is not None:
            my_task.workflow.top_workflow.note(my_task, What.ENTERED)
        my_task.wait(STARTED)
        self._open(my_task)
        return False

    def _open(self, my_task: Token) -> None:
        top = my_task.workflow.top_workflow
        inner = top.open_scope(my_task, self.runs, my_task.data, my_task.workflow.program)
        inner.begin(self.runs.start_at(None))

    def scope_done(self, my_task: Token, inner: Scope) -> None:
        """Queue the activity again: it completes in its turn, after what happened before."""
        my_task.workflow.remember(self.bpmn_id, inner)
        my_task.wait(READY)
        my_task.workflow.top_workflow.queue.append(my_task)


class EventSubProcess(SubProcess):
    """Runs when one of its listeners fired, from the start event that did."""

    is_event_sub_process = True

    def _open(self, my_task: Token) -> None:
        top = my_task.workflow.top_workflow
        inner = top.open_scope(my_task, self.runs, my_task.data, my_task.workflow.program)
        start = my_task.internal_data.get("start")
        inner.begin(self.runs.task_specs[start] if start else self.runs.starts[0])


class CallActivity(Element):
    """Runs another process, in the version that is current when it is called.

    The called process works on a copy of the variables. What it changed comes back by a three-way
    merge, so what others changed meanwhile survives.
    """

    is_activity = True

    def __init__(self, scope: ScopeSpec, name: str, origin: Origin, key: str) -> None:
        """``key`` is the id of the called process."""
        super().__init__(scope, name, origin)
        self.key = key

    def _update_hook(self, my_task: Token) -> bool:
        top = my_task.workflow.top_workflow
        program = top.world.called(self.key)
        start = program.main.start_at(None)
        if start is None:
            raise ElementError(
                f"The called process {self.key!r} has no start event without a trigger.",
                "Draw a plain start event in it, and deploy it.",
            )
        top.note(my_task, What.ENTERED)
        my_task.wait(STARTED)
        my_task.internal_data["base"] = dict(my_task.data)
        inner = top.open_scope(my_task, program.main, dict(my_task.data), program)
        inner.begin(start)
        return False

    def scope_done(self, my_task: Token, inner: Scope) -> None:
        """Take the results over, and queue the activity again to complete."""
        top = my_task.workflow.top_workflow
        top.take_over(my_task, my_task.internal_data.pop("base"), inner.data)
        my_task.workflow.remember(self.bpmn_id, inner)
        my_task.wait(READY)
        top.queue.append(my_task)
