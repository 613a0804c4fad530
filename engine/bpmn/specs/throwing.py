"""Events that throw, and send tasks without a job."""

from __future__ import annotations

from engine.bpmn import routing
from engine.bpmn.specs.element import Element, Origin, ScopeSpec
from engine.bpmn.specs.triggers import Trigger
from engine.bpmn.token import Token


class Throw(Element):
    """Throws each of its triggers, then goes on; compensation may make it wait."""

    def __init__(
        self, scope: ScopeSpec, name: str, origin: Origin, triggers: tuple[Trigger, ...]
    ) -> None:
        """Throw ``triggers`` in their order; none makes a pass-through or a plain end."""
        super().__init__(scope, name, origin)
        self.triggers = triggers

    def _run_hook(self, my_task: Token) -> bool | None:
        top = my_task.workflow.top_workflow
        waits = False
        for trigger in self.triggers:
            waits = routing.throw(top, my_task, trigger) or waits
        return None if waits else True

    def spread(self, my_task: Token) -> None:
        """Go on, unless the flow went on before the compensation was through."""
        if not my_task.internal_data.get("sent"):
            super().spread(my_task)


class SendTask(Throw):
    """An activity that sends a message."""

    is_activity = True
