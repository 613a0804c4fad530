"""Elements that hand a job to a job handler: service and send tasks, throwing message events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from engine.bpmn.errors import ElementError
from engine.bpmn.extensions.parameters import evaluated
from engine.bpmn.specs.element import Element, Origin, ScopeSpec
from engine.bpmn.token import STARTED, Token
from engine.bpmn.variables import storable_variables
from engine.history import What
from engine.ports import JobWait

if TYPE_CHECKING:
    from engine.bpmn.extensions.job import JobSettings


class JobTask(Element):
    """Waits from the job's creation until its handler is done."""

    is_activity = True

    def __init__(self, scope: ScopeSpec, name: str, origin: Origin, settings: JobSettings) -> None:
        """``settings`` give type, retries, inputs and outputs."""
        super().__init__(scope, name, origin)
        self.settings = settings

    def slots(self, token: Token) -> Iterable[int]:
        """One wait, while the job is open."""
        return (0,) if token.state == STARTED else ()

    def _update_hook(self, my_task: Token) -> bool:
        top = my_task.workflow.top_workflow
        kind = my_task.evaluate(self.settings.type) if self.settings.type is not None else None
        if not isinstance(kind, str) or not kind:
            raise ElementError(
                f"The type of the job is {kind!r}.", 'Give it a name such as type="reply.send".'
            )
        payload = evaluated(self.settings.inputs, my_task.data, now=top.now)
        if self.settings.all_in:
            payload = {**my_task.data, **payload}
        wait = JobWait(
            token=my_task.id,
            element=self.bpmn_id or self.name,
            name=self.bpmn_name,
            type=kind,
            payload=storable_variables(payload),
            retries=self.settings.retries,
        )
        top.note(my_task, What.ENTERED)
        top.open(wait)
        return my_task.wait(STARTED)

    def job_done(self, token: Token, result: Mapping[str, Any]) -> None:
        """Set variables from the handler's result, and go on."""
        top = token.workflow.top_workflow
        values: Mapping[str, Any] = result
        if self.settings.outputs:
            known = {**token.data, "result": storable_variables(result)}
            values = evaluated(self.settings.outputs, known, now=top.now)
        top.assign(token, values)
        token.complete()


class JobThrow(JobTask):
    """A throwing message event whose message a job handler carries."""

    is_activity = False
