"""An instance that asks a person instead of its variables, and stumbles over nothing.

It runs the specs of real instances, on the one execution path. Only three things differ: a
gateway that decides holds its token, so does work that a draft does not describe, and what fails
becomes a note in place of an incident.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from engine.bpmn.errors import ExpressionError
from engine.bpmn.program import Program
from engine.bpmn.specs.activities import Activity, DecisionTask, ScriptTask
from engine.bpmn.specs.catching import Catch
from engine.bpmn.specs.element import Element
from engine.bpmn.specs.gateways import Choosing
from engine.bpmn.specs.loops import MultiInstance, StandardLoop
from engine.bpmn.specs.throwing import SendTask, Throw
from engine.bpmn.token import FUTURE, READY, STARTED, WAITING, Token
from engine.bpmn.workflow import Instance
from engine.errors import EngineError
from engine.history import What
from engine.instances import InstanceStatus
from engine.ports import ThrownMessage
from engine.simulation import Note

#: What a plain spec stands in for when the drawing does not say what is to be done.
_WORK = frozenset({"serviceTask", "sendTask", "callActivity", "receiveTask"})


class Trial(Instance):
    """One simulation in memory."""

    def __init__(self, program: Program, *rest: Any, **more: Any) -> None:
        """Open an empty one; arguments as of :class:`~engine.bpmn.workflow.Instance`."""
        self.notes: list[Note] = []
        self.path: list[str] = []
        #: Tokens that go on when the person says so, by number.
        self.held: set[int] = set()
        self.begun = False
        self.halted = False  #: it would never come to rest
        super().__init__(program, *rest, **more)

    def begin(self, start: Element | None) -> None:
        """Begin at ``start``, one of several perhaps."""
        self.begun = True
        super().begin(start)

    def place(self, token: Token) -> str:
        """Return the element as moves name it."""
        program = token.workflow.program
        element = identity(token.task_spec)
        return element if program is self.program else f"{program.key}/{element}"

    def tell(self, token: Token | None, text: str) -> None:
        """Note what the person has to know."""
        self.notes.append(Note(None if token is None else self.place(token), text))

    # -- what differs from a real run --------------------------------------------------------------

    def attempt(self, token: Token, action: Callable[[], object]) -> None:
        """Do something at ``token``; a step of the loop asks first where a person decides."""
        step = action == token.proceed
        super().attempt(token, partial(self._step, token) if step else action)

    def _step(self, token: Token) -> None:
        spec = token.task_spec
        if token.state == FUTURE:
            self._arm(token)
            if not token.alive:
                return
            if is_gap(spec):
                self.hold(token)
                return
            if _is_nameless_work(spec):
                self.tell(token, f"{self._named(token)} does not say what it does: passed over.")
            if not spec._update_hook(token) or not token.alive:
                return
        if isinstance(spec, Choosing) and is_decision(spec):
            self.hold(token)
        else:
            token.run()

    def _arm(self, token: Token) -> None:
        for boundary in token.task_spec.boundaries:
            try:
                boundary.arm(token)
            except EngineError as error:
                self._excuse(token, error)
                waiting = Token(
                    token.workflow,
                    boundary,
                    number=self.fresh(),
                    data=token.workflow.data,
                    parent=token,
                )
                waiting.wait(WAITING)
            if not token.alive:
                return

    def hold(self, token: Token) -> None:
        """Keep ``token`` where it is until the person says how it goes on."""
        self.held.add(token.id)
        token.wait(STARTED)

    def note(self, token: Token, what: What, *, by: str | None = None, detail: Any = None) -> None:
        """Add the element to the path when a token leaves it."""
        if what is What.COMPLETED and token.task_spec.bpmn_id is not None:
            self.path.append(self.place(token))

    def send_out(self, thrown: ThrownMessage) -> None:
        """Note what would be sent to other instances."""
        kind = "signal" if thrown.signal else "message"
        self.tell(None, f"The {kind} '{thrown.name}' would be sent now.")

    def stop(self, token: Token, what: str, cure: str) -> None:
        """End the simulation: it would never come to rest."""
        self.halted = True
        self.tell(token, f"{what} {cure}")
        self.queue.clear()

    def end(self, status: InstanceStatus) -> None:
        """Say why an instance would end here as failed."""
        if status is InstanceStatus.FAILED:
            self.tell(None, "Nothing catches the error: the instance would end as failed.")
        super().end(status)

    # -- what fails --------------------------------------------------------------------------------

    def _failed(self, token: Token, error: Exception) -> None:
        while not token.alive:
            owner = token.parent or token.workflow.owner
            if owner is None:
                raise error
            token = owner
        self._excuse(token, error)
        self.watchers.pop(token.id, None)
        spec = token.task_spec
        if isinstance(spec, ScriptTask | DecisionTask | Throw):
            token.complete()
        elif isinstance(spec, Catch) and spec.triggers and token.state != READY:
            token.wait(WAITING)
            if not spec.pending(token):  # all of it happened; what failed came afterwards
                spec.fired(token, token.internal_data["seen"][-1])
        elif isinstance(spec, MultiInstance) and "items" not in token.internal_data:
            spec.begin(token, [None])
        elif isinstance(spec, StandardLoop) and token.state == STARTED:
            spec.go_on(token)
        else:
            self.hold(token)

    def _excuse(self, token: Token, error: Exception) -> None:
        if isinstance(error, ExpressionError):
            why = f"'{error.text}': {error.reason}"
        else:
            why = getattr(error, "what", None) or str(error) or type(error).__name__
        self.tell(token, f"{self._named(token)} goes on without this: {why}")

    def _named(self, token: Token) -> str:
        return f"'{token.task_spec.bpmn_name or identity(token.task_spec)}'"


def identity(spec: Element) -> str:
    """Return the id of what is drawn; a split behind an activity has that of the activity."""
    if spec.bpmn_id is not None:
        return spec.bpmn_id
    for flow in spec.incoming:
        if flow.source.bpmn_id is not None:
            return flow.source.bpmn_id
    return next((f.target.bpmn_id for f in spec.outgoing if f.target.bpmn_id), spec.name)


def is_gap(spec: Element) -> bool:
    """Say whether something would have to happen here that the drawing leaves out."""
    if type(spec) is Activity:
        return spec.origin.kind in _WORK
    return isinstance(spec, SendTask) and not spec.triggers


def is_decision(spec: Choosing) -> bool:
    """Say whether there is more than one way to go."""
    return len(spec.outgoing) > 1 or any(flow.condition for flow in spec.outgoing)


def _is_nameless_work(spec: Element) -> bool:
    return type(spec) is Activity and spec.origin.kind in ("scriptTask", "businessRuleTask")


__all__ = ["Trial", "identity", "is_decision", "is_gap"]
