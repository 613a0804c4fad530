"""Compiles processes and sub-processes: their elements, flows, boundary events and handlers.

One pass over the elements and one over the flows; nothing recurses along the flow or into nested
sub-processes, so a row of any length and any depth the reader lets through compiles.
"""

from __future__ import annotations

from engine.bpmn.compiling import elements, events, loops, mappings
from engine.bpmn.compiling.context import Context
from engine.bpmn.conversations import FreshKey
from engine.bpmn.specs.catching import Listener
from engine.bpmn.specs.element import Element as Spec
from engine.bpmn.specs.element import ScopeSpec
from engine.bpmn.specs.mapping import Mapped
from engine.bpmn.specs.subprocesses import EventSubProcess, SubProcess
from engine.bpmn.specs.triggers import Gap
from engine.bpmn.xml import (
    B,
    Element,
    N,
    event_definitions,
    flows,
    is_triggered_by_event,
    local,
    nodes,
    plain_name,
    text_of,
)


class Compilation:
    """Compiles all scopes of one document; :attr:`scopes` are numbered in the order made."""

    def __init__(self, context: Context) -> None:
        """Start with nothing compiled."""
        self.context = context
        self.scopes: list[ScopeSpec] = []
        self._pending: list[tuple[Element, ScopeSpec]] = []

    def process(self, element: Element) -> ScopeSpec:
        """Compile a process and every sub-process in it."""
        spec = self._declare(element)
        while self._pending:
            inside, scope = self._pending.pop()
            _ScopeCompiler(self, inside, scope).compile()
        settings = self.context.settings(element)
        variables, spec.version_tag = settings.get("variables"), settings.get("versionTag")
        spec.defaults = variables.defaults if variables is not None else ()
        shared = element.get(N + "conversation")
        if shared:
            spec.defaults = (*spec.defaults, (shared, FreshKey()))
        return spec

    def _declare(self, element: Element) -> ScopeSpec:
        spec = ScopeSpec(element.get("id", ""), len(self.scopes), self.context.origin(element))
        spec.is_event_sub_process = is_triggered_by_event(element)
        self.scopes.append(spec)
        self._pending.append((element, spec))
        return spec

    def declare(self, element: Element) -> ScopeSpec:
        """Return the scope of a sub-process; it is filled after the scope around it."""
        spec = self._declare(element)
        condition = self.context.text_expression(element, element.get(N + "completion"))
        spec.completion_condition = condition
        spec.cancel_remaining = element.get("cancelRemainingInstances") != "false"
        return spec


class _ScopeCompiler:
    """Fills one scope."""

    def __init__(self, compilation: Compilation, element: Element, scope: ScopeSpec) -> None:
        self.compilation, self.context = compilation, compilation.context
        self.element, self.scope = element, scope
        #: What flows lead to and from, by the id of the node.
        self.specs: dict[str, Spec] = {}
        #: What a compensation handler undoes: inside a loop, each run.
        self.undone: dict[str, Spec] = {}

    def compile(self) -> None:
        here = nodes(self.element)
        for node in here:
            if local(node) == "boundaryEvent" or node.get(N + "never") == "true":
                continue
            if is_triggered_by_event(node):
                self._event_sub_process(node)
            else:
                self._node(node)
        for node in here:
            if local(node) == "boundaryEvent":
                self._boundary(node)
        self._connect()

    def _node(self, node: Element) -> None:
        key = node.get("id", "")
        looping = loops.marker_of(node) is not None
        name = f"{key}~inner" if looping else key
        main = mappings.mapped(self.context, self.scope, node, name, self._activity)
        main.repeat = int(node.get("completionQuantity") or 1)
        self.undone[key] = main
        loop = loops.repeated(self.context, self.scope, node, key, main)
        if loop is not None:
            loop.repeat, main.repeat = main.repeat, 1
        self.specs[key] = loop or main
        if local(node) == "startEvent":
            self.scope.starts.append(main)

    def _activity(self, node: Element, name: str) -> Spec:
        if local(node) in ("subProcess", "transaction"):
            inside = self.compilation.declare(node)
            return SubProcess(self.scope, name, self.context.origin(node), inside)
        return elements.compiled(self.context, self.scope, node, name)

    def _event_sub_process(self, node: Element) -> None:
        inside = self.compilation.declare(node)
        key = node.get("id", "")
        runs = EventSubProcess(self.scope, key, self.context.origin(node), inside)
        for start in nodes(node):
            if local(start) != "startEvent":
                continue
            if start.find(B + "compensateEventDefinition") is not None:
                self.scope.compensation_listener = runs
                continue
            found = events.triggers_of(self.context, start)
            if found:
                listener = Listener(
                    self.scope,
                    f"{start.get('id')}~listener",
                    self.context.origin(start),
                    found,
                    all_needed=start.get("parallelMultiple") == "true",
                    interrupting=start.get("isInterrupting") != "false",
                    runs=runs,
                    start=start.get("id", ""),
                )
                listener.mapping = mappings.mapping_of(self.context, start)
                self.scope.listeners.append(listener)

    # -- boundary events -----------------------------------------------------------------------

    def _boundary(self, node: Element) -> None:
        host = node.get("attachedToRef") or ""
        if host not in self.specs:
            return
        if node.find(B + "compensateEventDefinition") is not None:
            self._handler(node, host)
            return
        event = events.boundary_event(self.context, self.scope, node)
        event.mapping = mappings.mapping_of(self.context, node)
        self.specs[node.get("id", "")] = event
        if not event.triggers and not event_definitions(node):
            event.wait_for((Gap("gap"),))
            self.context.draft(
                node,
                "trigger-missing",
                "The boundary event has no trigger: it can never happen.",
                "Give it a timer, message, error or other trigger.",
            )
        if event.triggers:
            self.specs[host].boundaries.append(event)

    def _handler(self, node: Element, host: str) -> None:
        """The event's association (or, in careless drawings, its flow) names the handler."""
        key = node.get("id", "")
        target = self.context.associated.get(key)
        if target is None:
            leaving = (f for f in flows(self.element) if f.get("sourceRef") == key)
            target = next((flow.get("targetRef") for flow in leaving), None)
        if target not in self.specs:
            self.context.draft(
                node,
                "compensation-without-handler",
                "The compensation event leads to no activity.",
                "Draw an association from it to the activity that undoes the work.",
            )
            return
        undone = self.undone[host]
        undone.handler = self.specs[target]
        inside = undone.inner if isinstance(undone, Mapped) else undone
        inside.undone_whole = True

    # -- flows ---------------------------------------------------------------------------------

    def _connect(self) -> None:
        drawn = {node.get("id", ""): _outgoing(node) for node in nodes(self.element)}
        by_source: dict[str, list[Element]] = {}
        for flow in flows(self.element):
            by_source.setdefault(flow.get("sourceRef", ""), []).append(flow)
        for source, leaving in by_source.items():
            spec = self.specs.get(source)
            if spec is None:
                continue
            order = drawn.get(source, {})
            for flow in sorted(leaving, key=lambda f: order.get(f.get("id"), len(order))):
                target = self.specs.get(flow.get("targetRef", ""))
                if target is not None:
                    condition = self.context.expression(flow, flow.find(B + "conditionExpression"))
                    made = spec.lead_to(target, flow.get("id", ""), condition)
                    made.name = flow.get("name") or None


def _outgoing(node: Element) -> dict[str | None, int]:
    """Return the place of each flow in the node's own list: the order of evaluation as drawn."""
    listed = [text_of(child) for child in node if local(child) == "outgoing"]
    return {plain_name(flow): place for place, flow in enumerate(listed)}
