"""Which processes a process calls at once: before anything waits, and on which terms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.bpmn.analysis import effects
from engine.bpmn.analysis.graph import Graph, Kind, graphs
from engine.bpmn.drawing import Drawing
from engine.bpmn.expressions import Literal
from engine.bpmn.xml import SCOPES, B, Element, local, plain_name

#: By id of a process: the processes it calls at once; True where no decision comes before.
Calls = Mapping[str, Mapping[str, bool]]


def calls_at_once(drawing: Drawing) -> Calls:
    """Return the calls of every process of a drawing, found once."""
    return drawing.remembered("calls_at_once", lambda: _all_calls(drawing))


def called(activity: Element) -> str:
    """Return the id of the process that a call activity names; ``""`` when it is computed."""
    own = getattr(effects.settings(activity).get("call"), "process", None)
    if own is not None:
        return plain_name(own.text) if isinstance(own, Literal) else ""
    return plain_name(activity.get("calledElement"))


def calling(process: Element, callee: str) -> Element:
    """Return the first activity of ``process`` that calls ``callee``; else the process itself."""
    found = (one for one in process.iter(B + "callActivity") if called(one) == callee)
    return next(found, process)


def _all_calls(drawing: Drawing) -> dict[str, dict[str, bool]]:
    known = graphs(drawing)
    found: dict[str, dict[str, bool]] = {}
    for process in drawing.all("process") if drawing.all("callActivity") else ():
        if process in known:
            calls = dict.fromkeys(_reached(drawing, known, process, certain=False), False)
            calls |= dict.fromkeys(_reached(drawing, known, process, certain=True), True)
            found[process.get("id", "")] = calls
    return found


def _reached(
    drawing: Drawing, known: Mapping[Element, Graph], process: Element, *, certain: bool
) -> Iterable[str]:
    """Return what is called before a wait; if ``certain``, only what every instance calls."""
    callees: dict[str, None] = {}
    first = known[process]
    pending = [(first, node) for node in _begin(first, certain=certain)]
    seen: set[Element] = set()
    while pending:
        graph, node = pending.pop()
        element = graph.nodes[node]
        if element in seen:
            continue
        seen.add(element)
        if certain and not _is_certain(graph, node):
            continue
        if local(element) == "callActivity":
            callees[called(element)] = None
            continue
        inside = known.get(element) if local(element) in SCOPES else None
        if inside is not None:
            pending += [(inside, one) for one in _begin(inside, certain=certain)]
        if not effects.waits(drawing, element):
            pending += [(graph, way.target) for way in graph.out[node] if way.kind is Kind.FLOW]
    return [callee for callee in callees if callee]


def _begin(graph: Graph, *, certain: bool) -> list[int]:
    """Return where a call comes in: at the start event without a trigger."""
    plain = [node for node in graph.entries if not _is_triggered(graph.nodes[node])]
    return [] if certain and graph.one_entry and len(plain) > 1 else plain


def _is_triggered(event: Element) -> bool:
    return any("EventDefinition" in local(child) or "eventDef" in local(child) for child in event)


def _is_certain(graph: Graph, node: int) -> bool:
    """Say whether every token that comes to ``node`` does what stands there and goes on."""
    element = graph.nodes[node]
    if any(local(child).endswith("LoopCharacteristics") for child in element):
        return False
    flows = [way for way in graph.out[node] if way.kind is Kind.FLOW]
    if local(element).endswith("Gateway"):
        if len(graph.into[node]) > 1 and local(element) != "exclusiveGateway":
            return False
        return len(flows) < 2 or local(element) == "parallelGateway"
    return all(
        way.flow is None or way.flow.find(B + "conditionExpression") is None for way in flows
    )
