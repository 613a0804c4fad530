"""One run of a process or sub-process: its tokens, its variables, when it is over.

Variables belong to the scope, as the standard says, not to the token: all tokens of a process and
of its embedded sub-processes share one dictionary, so a join has nothing to merge and no count is
lost. Called processes and the instances of a loop have a dictionary of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow

from engine.bpmn.specs.element import Element, Flow, ScopeSpec
from engine.bpmn.token import Token

if TYPE_CHECKING:
    from engine.bpmn.program import Program
    from engine.bpmn.workflow import Instance


@dataclass(eq=False, slots=True)
class Compensable:
    """A completed activity that can still be compensated: by its handler, or from inside."""

    activity: str | None  #: BPMN id
    handler: Element | None = None
    scope: Scope | None = None  #: the finished sub-process that holds compensable activities


class Scope:
    """What the instance and every sub-process in it have in common. Mixed into the library's."""

    top_workflow: Instance
    spec: ScopeSpec
    #: Names the scope in the stored state; 0 is the instance itself.
    number: int
    program: Program
    owner: Token | None
    tasks: dict[int, Token]
    data: dict[str, Any]
    completed: bool
    depth: int  #: scopes around this one
    parent_workflow: Scope | None

    def _open(self, program: Program, number: int, owner: Token | None) -> None:
        self.program, self.number, self.owner = program, number, owner
        #: Tokens that keep the scope open.
        self.open_tokens = 0
        self.arrived: dict[Element, list[Token]] = {}
        #: Complex gateways that fired and wait for the stragglers: inputs already seen, by index.
        self.rounds: dict[int, list[int]] = {}
        self.compensable: list[Compensable] = []

    # -- tokens --------------------------------------------------------------------------------

    def enter(self, token: Token) -> None:
        """Count a token in."""
        self.tasks[token.id] = token
        self.top_workflow.live += 1
        if token.task_spec.keeps_open:
            self.open_tokens += 1

    def leave(self, token: Token) -> None:
        """Count a token out. It keeps its :attr:`~Token.parent`, which may want to know of it."""
        del self.tasks[token.id]
        self.top_workflow.live -= 1
        spec = token.task_spec
        if spec.keeps_open:
            self.open_tokens -= 1
            if not self.open_tokens:
                self.top_workflow.touched.add(self)
        if token.parent is not None:
            token.parent.children.remove(token)
        if token.via >= 0 and spec in self.arrived:
            arrivals = self.arrived[spec]
            if token in arrivals:
                arrivals.remove(token)
                if not arrivals:
                    del self.arrived[spec]

    def put(
        self,
        spec: Element,
        *,
        parent: Token | None = None,
        via: Flow | None = None,
        data: dict[str, Any] | None = None,
        hurry: bool = False,
    ) -> Token:
        """Make a token at ``spec`` and queue it: it arrives in its turn, or next with ``hurry``."""
        top = self.top_workflow
        shown = self.data if data is None else data
        token = Token(self, spec, number=top.fresh(), data=shown, parent=parent, via=via)
        if hurry:
            top.queue.appendleft(token)
        else:
            top.queue.append(token)
        return token

    def send(self, flow: Flow) -> None:
        """Send a token along ``flow``."""
        self.put(flow.target, via=flow)

    # -- beginning and end -----------------------------------------------------------------------

    def begin(self, start: Element | None) -> None:
        """Put a token at ``start``, and arm the event sub-processes before it goes further."""
        if start is not None:
            self.put(start)  # first: it sets the defaults of variables
        else:
            self.top_workflow.touched.add(self)
        for listener in self.spec.listeners:
            self.put(listener)

    def check_done(self) -> None:
        """Finish the scope when nothing in it keeps it open, and nothing is left to begin."""
        if self.completed or self.open_tokens:
            return
        if self.spec.sequence is None or not self.spec.sequence.release(self):
            self.finish()

    def finish(self) -> None:
        """End the scope: cancel what is left in it, and let the activity that runs it go on."""
        self.completed = True
        for token in list(self.tasks.values()):
            token.cancel()
        owner = self.owner
        if owner is None:
            return
        owner.inner = None
        if not self._is_kept():
            self.top_workflow.scopes.pop(self.number, None)
        if owner.alive:
            owner.task_spec.scope_done(owner, self)

    def close(self) -> list[Token]:
        """Mark the scope as over because its activity was cancelled; returns what to cancel."""
        self.completed = True
        if not self._is_kept():
            self.top_workflow.scopes.pop(self.number, None)
        return list(self.tasks.values())

    def clear_but(self, keep: Token) -> None:
        """Cancel every token but ``keep``: terminate, cancel, an interrupting event sub-process."""
        for token in list(self.tasks.values()):
            if token is not keep:
                token.cancel()

    # -- compensation ------------------------------------------------------------------------------

    def _is_kept(self) -> bool:
        return bool(self.compensable) or self.spec.compensation_listener is not None

    def activity_done(self, token: Token) -> None:
        """Remember a completed activity that has a compensation handler."""
        self.top_workflow.stepped.add(self)
        if token.task_spec.handler is not None:
            self.compensable.append(Compensable(token.task_spec.bpmn_id, token.task_spec.handler))

    def remember(self, activity: str | None, inner: Scope) -> None:
        """Remember a completed sub-process in which something can be compensated."""
        if inner._is_kept() and not inner.spec.is_event_sub_process:
            self.compensable.append(Compensable(activity, scope=inner))


class SubScope(Scope, BpmnSubWorkflow):
    """A sub-process, an event sub-process or a called process under way."""

    # The library finds the parent through a task that may be gone; here the scope itself is kept.
    parent_workflow: Scope | None = None

    def __init__(
        self,
        program: Program,
        spec: ScopeSpec,
        *,
        number: int,
        owner: Token | None,
        outer: Scope,
        data: dict[str, Any],
    ) -> None:
        """Open an empty scope below ``outer``, run by the activity at which ``owner`` is.

        Args:
            program: the compiled file that holds ``spec``; another than the outer one in a call.
            spec: what to run.
            number: its name in the stored state.
            owner: the activity's token; None for a finished scope kept for compensation.
            outer: the scope around it.
            data: its variables, shared with ``owner`` unless it is a called process.
        """
        self._open(program, number, owner)
        self.parent_workflow = outer
        super().__init__(spec, owner.id if owner else None, outer.top_workflow, deserializing=True)
        self.data = data

    def _calculate_depth(self) -> int:
        return self.parent_workflow.depth + 1 if self.parent_workflow else 0
