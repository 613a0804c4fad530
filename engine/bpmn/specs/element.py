"""What every element has in common: its flows, its boundary events, how a token passes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.specs import WorkflowSpec

if TYPE_CHECKING:
    from engine.bpmn.expressions import Expression
    from engine.bpmn.extensions.parameters import Parameters
    from engine.bpmn.scope import Scope
    from engine.bpmn.specs.catching import BoundaryEvent, Listener
    from engine.bpmn.specs.sequence import OneAtATime
    from engine.bpmn.specs.triggers import Trigger
    from engine.bpmn.token import Token


@dataclass(eq=False, slots=True)
class Flow:
    """One sequence flow. Two flows between the same two elements are two inputs of a join."""

    id: str
    source: Element
    target: Element
    slot: int  #: its place among the inputs of ``target``
    condition: Expression | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an element comes from, for history, lists and error texts."""

    id: str | None  #: BPMN id; None for a helper that no drawing shows
    name: str | None
    kind: str  #: BPMN tag
    line: int | None = None
    lane: str | None = None


class ScopeSpec(BpmnProcessSpec):
    """A compiled process or sub-process.

    The library's constructor is passed over: it makes start and end tasks whose names collide with
    the ids of drawings. A scope has no end task here; a token with nowhere to go is gone.
    """

    def __init__(self, name: str, index: int, origin: Origin) -> None:
        """Make an empty scope, the ``index``-th of its file."""
        WorkflowSpec.__init__(self, name=name)
        self.index = index
        self.origin = origin
        self.elements: list[Element] = []
        self.starts: list[Element] = []
        self.listeners: list[Listener] = []
        self.compensation_listener: Element | None = None
        self.is_event_sub_process = False
        self.completion_condition: Expression | None = None
        self.cancel_remaining = True
        self.sequence: OneAtATime | None = None
        #: Variables that get a value when nobody gives them one at start.
        self.defaults: Parameters = ()
        #: Of a process: what its designer calls this version.
        self.version_tag: str | None = None
        self.data_objects: dict[str, Any] = {}

    def start_at(self, element: str | None) -> Element | None:
        """Return the start event with that id, or the one for a start without a trigger."""
        for start in self.starts:
            if start.bpmn_id == element if element else not getattr(start, "triggers", ()):
                return start
        return None


class Element(BpmnTaskSpec):
    """Base of every spec: a pass-through with one token in and one out along each flow."""

    is_activity = False
    is_repeated = False
    is_boundary = False
    is_listener = False
    is_event_sub_process = False
    #: A join that may only fire when nothing else can move.
    fires_late = False
    #: Whether it waits for a condition on variables.
    watches = False
    #: Whether a token here keeps its scope from ending.
    keeps_open = True
    #: What a token still has to know when somebody tries its failed element again.
    kept_on_retry = frozenset({"compensates", "local", "index", "start"})
    triggers: tuple[Trigger, ...] = ()

    def __init__(self, scope: ScopeSpec, name: str, origin: Origin) -> None:
        """Add the element to ``scope`` under a ``name`` that is unique there."""
        super().__init__(scope, name, lane=origin.lane)
        self.scope = scope
        self.index = len(scope.elements)
        scope.elements.append(self)
        self.origin = origin
        self.bpmn_id = origin.id
        self.bpmn_name = origin.name
        self.incoming: list[Flow] = []
        self.outgoing: list[Flow] = []
        self.boundaries: list[BoundaryEvent] = []
        self.handler: Element | None = None  # compensation
        #: Whether a handler undoes it as a whole, whatever was done inside.
        self.undone_whole = False
        self.repeat = 1  # completionQuantity

    def lead_to(self, target: Element, flow_id: str, condition: Expression | None = None) -> Flow:
        """Connect to ``target``, also for the library, and return the flow."""
        flow = Flow(flow_id, self, target, len(target.incoming), condition)
        self.outgoing.append(flow)
        target.incoming.append(flow)
        self.connect(target)
        return flow

    def test(self) -> None:
        """Accept any number of inputs: the first and last elements of a scope have none."""

    def slots(self, token: Token) -> Iterable[int]:
        """Return the slots in which ``token`` waits for something outside the instance."""
        return ()

    def pending(self, token: Token) -> Iterable[tuple[int, Trigger]]:
        """Return the triggers that can still happen, with their slots; only events have such."""
        return ()

    def fire(self, token: Token, slot: int, payload: Mapping[str, Any]) -> None:
        """Take note that what ``token`` waits for in ``slot`` has happened; only events do."""

    def is_shown(self, token: Token) -> bool:
        """Whether waiting here, and being cancelled here, is worth a line in the history."""
        return True

    def scope_done(self, my_task: Token, inner: Scope) -> None:
        """Take note that the scope ``my_task`` runs is over; only sub-processes have one."""

    # -- the life of a token -----------------------------------------------------------------

    def _update_hook(self, my_task: Token) -> bool:
        return True

    def _run_hook(self, my_task: Token) -> bool | None:
        return True

    def _on_complete_hook(self, my_task: Token) -> None:
        my_task.workflow.top_workflow.left(my_task, completed=True)
        self.pass_on(my_task)

    def pass_on(self, my_task: Token) -> None:
        """Tell whom it concerns that ``my_task`` is through: a loop, a thrower, what follows."""
        scope = my_task.workflow
        if self.is_activity:
            scope.activity_done(my_task)
        thrower = my_task.internal_data.get("compensates")
        if thrower is not None:
            scope.top_workflow.handler_done(thrower)
        elif my_task.parent is not None:
            my_task.parent.task_spec.child_done(my_task.parent, my_task)
        else:
            self.spread(my_task)

    def spread(self, my_task: Token) -> None:
        """Send tokens on: one along each flow, ``completionQuantity`` times."""
        for _ in range(self.repeat):
            for flow in self.outgoing:
                my_task.workflow.send(flow)

    def collect(self, my_task: Token, child: Token) -> None:
        """Look at an attached token that is about to leave; what fails here fails ``child``."""

    def interrupted(self, my_task: Token) -> None:
        """Take note that a boundary event is about to end the activity."""

    def child_done(self, my_task: Token, child: Token) -> None:
        """Take note that an attached token left; only loops and gateways have such."""
        raise NotImplementedError(f"{type(self).__name__} has no attached tokens that complete")
