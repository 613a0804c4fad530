"""An activity or event with variables of its own: what goes in, and what comes out of it.

The activity is a token at the *inner* element, attached to the token here, and works on a copy of
the variables (values never change in place, so a shallow one). Only elements that are drawn with a
mapping pay for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.specs.element import Element, Origin, ScopeSpec
from engine.bpmn.token import ERROR, READY, STARTED, Token
from engine.bpmn.variables import seen_outside, storable_variables

if TYPE_CHECKING:
    from engine.bpmn.extensions.mapping import MappingSettings


class Mapped(Element):
    """Runs the inner element once. The history shows the two as one."""

    is_activity = True
    is_repeated = True
    #: A failed output is computed again; the activity itself is through.
    kept_on_retry = Element.kept_on_retry | {"written"}

    def __init__(
        self,
        scope: ScopeSpec,
        name: str,
        origin: Origin,
        inner: Element,
        mapping: MappingSettings,
    ) -> None:
        """``inner`` is what runs; no flow leads to or from it."""
        super().__init__(scope, name, origin)
        self.inner, self.mapping = inner, mapping

    def is_shown(self, token: Token) -> bool:
        """The inner element is, while it is there."""
        return token.state == ERROR

    def _update_hook(self, my_task: Token) -> bool:
        known = my_task.internal_data
        if "written" in known:
            return True
        top = my_task.workflow.top_workflow
        local = storable_variables(self.mapping.inward(my_task.data, now=top.now))
        known["base"] = dict(my_task.data) if self.mapping.all_in else {}
        child = my_task.workflow.put(
            self.inner, parent=my_task, data={**known["base"], **local}, hurry=True
        )
        child.internal_data["local"] = list(local)
        return my_task.wait(STARTED)

    def collect(self, my_task: Token, child: Token) -> None:
        """Take over what was written; the child's line in the history says what it overwrote.

        The outputs come later: one that fails must not undo what the activity did.
        """
        self._give_out(my_task, child)
        detail = my_task.internal_data.pop("detail", None)
        if detail is not None:
            child.internal_data.setdefault("detail", {}).update(detail)

    def child_done(self, my_task: Token, child: Token) -> None:
        """Keep what the outputs are computed on, and complete in turn."""
        if my_task.state != STARTED:
            return
        known = my_task.internal_data
        base, local = known.pop("base"), child.internal_data["local"]
        known["written"] = {
            key: value
            for key, value in (child.data.items() if self.mapping.outputs else ())
            if key in local or key not in base or base[key] is not value
        }
        my_task.wait(READY)
        my_task.workflow.top_workflow.queue.appendleft(my_task)

    def interrupted(self, my_task: Token) -> None:
        """Take over what the activity wrote so far."""
        for child in my_task.children:
            if child.task_spec is self.inner:
                self._give_out(my_task, child)

    def _give_out(self, my_task: Token, child: Token) -> None:
        if not self.mapping.all_out:
            return
        base, local = my_task.internal_data["base"], child.internal_data["local"]
        my_task.workflow.top_workflow.take_over(
            my_task, base, seen_outside(child.data, local, base)
        )

    def _run_hook(self, my_task: Token) -> bool | None:
        top = my_task.workflow.top_workflow
        inside = {**my_task.data, **my_task.internal_data["written"]}
        top.assign(my_task, self.mapping.outward(inside, now=top.now))
        return True

    def _on_complete_hook(self, my_task: Token) -> None:
        self.pass_on(my_task)
