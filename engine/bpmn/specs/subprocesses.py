"""Activities that run a scope: sub-processes, event sub-processes, called processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.errors import ElementError
from engine.bpmn.specs.binding import which
from engine.bpmn.specs.element import Element, Origin, ScopeSpec
from engine.bpmn.token import READY, STARTED, Token
from engine.bpmn.variables import storable_variables
from engine.history import What

if TYPE_CHECKING:
    from engine.bpmn.expressions import Expression
    from engine.bpmn.extensions.call import CallSettings
    from engine.bpmn.extensions.mapping import MappingSettings
    from engine.bpmn.program import Program
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
        if not self.undone_whole:
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
    """Runs another process, in the version its settings ask for.

    The called process works on a copy of the variables, or on what the mapping gives it. What it
    changed comes back by a three-way merge, so what others changed meanwhile survives; with
    outputs, they alone come back.
    """

    is_activity = True
    #: A failed output is computed again; the called process is through.
    kept_on_retry = Element.kept_on_retry | {"written"}

    def __init__(
        self,
        scope: ScopeSpec,
        name: str,
        origin: Origin,
        key: Expression,
        settings: CallSettings,
        mapping: MappingSettings,
    ) -> None:
        """``key`` gives the id of the called process."""
        super().__init__(scope, name, origin)
        self.key, self.settings, self.mapping = key, settings, mapping

    def _update_hook(self, my_task: Token) -> bool:
        if "written" in my_task.internal_data:
            return True
        top = my_task.workflow.top_workflow
        program = self._called(my_task)
        start = program.main.start_at(None)
        if start is None:
            raise ElementError(
                f"The called process {program.key!r} has no start event without a trigger.",
                "Draw a plain start event in it, and deploy it.",
            )
        data = dict(my_task.data) if self.mapping.all_in else {}
        data.update(storable_variables(self.mapping.inward(my_task.data, now=top.now)))
        top.note(my_task, What.ENTERED, detail=self._detail(my_task))
        my_task.wait(STARTED)
        my_task.internal_data["base"] = dict(my_task.data)
        inner = top.open_scope(my_task, program.main, data, program)
        inner.begin(start)
        return False

    def _called(self, my_task: Token) -> Program:
        key = my_task.evaluate(self.key)
        if not isinstance(key, str) or not key:
            raise ElementError(
                f"The key of the called process is {key!r}.", "Give the id of a process."
            )
        wanted = which(my_task, self.settings.binding, "called process")
        return my_task.workflow.top_workflow.world.called(key, wanted)

    def _detail(self, my_task: Token) -> dict[str, str] | None:
        if self.settings.business_key is None:
            return None
        return {"business_key": str(my_task.evaluate(self.settings.business_key))}

    def scope_done(self, my_task: Token, inner: Scope) -> None:
        """Take the results over, and queue the activity again to complete."""
        top = my_task.workflow.top_workflow
        base = my_task.internal_data.pop("base")
        if self.mapping.all_out:
            # What the called process never saw is not a deletion.
            mine = inner.data if self.mapping.all_in else {**base, **inner.data}
            top.take_over(my_task, base, mine)
        if self.mapping.outputs:
            my_task.internal_data["written"] = {
                key: value
                for key, value in inner.data.items()
                if key not in base or base[key] is not value
            }
        if not self.undone_whole:
            my_task.workflow.remember(self.bpmn_id, inner)
        my_task.wait(READY)
        top.queue.append(my_task)

    def _run_hook(self, my_task: Token) -> bool | None:
        # Here and not when the scope ends: an output that fails is an incident of its own.
        if self.mapping.outputs:
            top = my_task.workflow.top_workflow
            inside = {**my_task.data, **my_task.internal_data["written"]}
            top.assign(my_task, self.mapping.outward(inside, now=top.now))
        return True
