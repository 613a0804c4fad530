"""Which ways tokens take out of a node, as sets of outcomes."""

from __future__ import annotations

from engine.bpmn.analysis.graph import Graph, Kind, Way
from engine.bpmn.analysis.outcomes import Outcomes
from engine.bpmn.xml import B, Element, local, plain_name

_ONE_OF = {"exclusiveGateway", "eventBasedGateway"}
_SOME_OF = {"inclusiveGateway", "complexGateway"}


def spread(graph: Graph, node: int, here: int, outcomes: Outcomes) -> dict[int, int]:
    """Return by number of each way out of ``node`` when a token takes it, which comes if ``here``.

    Decided as the standard says: exclusive and event-based gateways take one way, inclusive and
    complex ones at least one, everything else all that have no condition. An interrupting boundary
    event takes the token from the normal ways, another one adds a token.
    """
    element = graph.nodes[node]
    found: dict[int, int] = {}
    for way in graph.out[node]:
        if way.kind is Kind.BESIDE:
            found[way.number] = outcomes.decided(element, outcomes.NEVER, here)
    instead = [way for way in graph.out[node] if way.kind is Kind.INSTEAD]
    *interrupted, normal = outcomes.shared_out(element, here, len(instead) + 1)
    found |= {way.number: part for way, part in zip(instead, interrupted, strict=True)}
    flows = [way for way in graph.out[node] if way.kind is Kind.FLOW]
    found |= _flows(element, flows, normal, outcomes)
    return found


def _flows(element: Element, flows: list[Way], here: int, outcomes: Outcomes) -> dict[int, int]:
    kind = local(element)
    if kind == "eventBasedGateway" and element.get("eventGatewayType") == "Parallel":
        return {way.number: here for way in flows}
    if kind in _ONE_OF and flows:
        parts = outcomes.shared_out(element, here, len(flows))
        return {way.number: part for way, part in zip(flows, parts, strict=True)}
    if kind in _SOME_OF:
        return _some(element, flows, [], here, outcomes)
    asked = [] if kind == "parallelGateway" else [way for way in flows if _is_asked(element, way)]
    numbers = {way.number for way in asked}
    always = [way for way in flows if way.number not in numbers]
    return _some(element, asked, always, here, outcomes)


def _some(
    element: Element, asked: list[Way], always: list[Way], here: int, outcomes: Outcomes
) -> dict[int, int]:
    found = {way.number: here for way in always}
    default = plain_name(element.get("default"))
    last = [way for way in asked if way.flow is not None and way.flow.get("id") == default]
    rest = [way for way in asked if way not in last]
    if len(asked) == 1 and not always:
        return {asked[0].number: here}  # if its condition fails there is an incident
    parts, none = outcomes.chosen(element, here, len(rest))
    found |= {way.number: part for way, part in zip(rest, parts, strict=True)}
    if last:
        found[last[0].number] = none
    elif rest and not always:
        # Without a default, no true condition is an incident: in a run that goes on, one holds.
        found[rest[-1].number] = outcomes.either(parts[-1], none)
    return found


def _is_asked(element: Element, way: Way) -> bool:
    flow = way.flow
    if flow is None:
        return False
    default = plain_name(element.get("default"))
    return (bool(default) and flow.get("id") == default) or (
        flow.find(B + "conditionExpression") is not None
    )
