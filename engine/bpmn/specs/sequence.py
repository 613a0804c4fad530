"""What a sequential ad-hoc sub-process holds is started one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.errors import ExpressionError
from engine.bpmn.specs.element import Element, Origin, ScopeSpec
from engine.bpmn.token import STARTED, Token

if TYPE_CHECKING:
    from engine.bpmn.scope import Scope


class OneAtATime(Element):
    """Sends one token along its next flow whenever nothing else in its scope is under way."""

    keeps_open = False

    def __init__(self, scope: ScopeSpec, name: str, origin: Origin) -> None:
        """Stand behind the start of ``scope``, which asks here before it ends."""
        super().__init__(scope, name, origin)
        scope.sequence = self

    def is_shown(self, token: Token) -> bool:
        """No drawing shows it."""
        return False

    def _update_hook(self, my_task: Token) -> bool:
        my_task.workflow.top_workflow.touched.add(my_task.workflow)
        return my_task.wait(STARTED)

    def release(self, scope: Scope) -> bool:
        """Start the next one; False when none is left, or the completion condition holds."""
        holder = next((t for t in scope.tasks.values() if t.task_spec is self), None)
        if holder is None or _is_complete(scope):
            return False
        place = holder.internal_data.get("next", 0)
        if place == len(self.outgoing):
            return False
        holder.internal_data["next"] = place + 1
        scope.send(self.outgoing[place])
        return True


def _is_complete(scope: Scope) -> bool:
    condition = scope.spec.completion_condition
    try:
        return condition is not None and bool(condition.evaluate(scope.data))
    except ExpressionError:
        # Said where the condition is looked at after each activity; here nothing ran yet.
        return False
