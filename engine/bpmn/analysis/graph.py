"""One scope as nodes and ways: where a token can go, whatever the drawing calls it.

Beside sequence flows, a token goes from an activity to its boundary events and from a throwing
link to the catching one. Compensation and event sub-processes are no part of the flow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from engine.bpmn.drawing import Drawing
from engine.bpmn.normal.link_events import link_name
from engine.bpmn.xml import B, Element, flows, is_triggered_by_event, local, nodes, plain_name


class Kind(Enum):
    """How a token comes to take a way."""

    FLOW = "flow"  #: along a sequence flow or a link
    INSTEAD = "instead"  #: an interrupting boundary event takes the token
    BESIDE = "beside"  #: a boundary event that does not interrupt adds a token


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a node; numbers count nodes and ways of the graph."""

    number: int
    source: int
    target: int
    kind: Kind
    flow: Element | None  #: the sequence flow, if it is one


class Graph:
    """The flow of one process or sub-process."""

    def __init__(self, scope: Element) -> None:
        """Look at the elements directly in ``scope``; what is connected to nothing is left out."""
        self.scope = scope
        self.nodes: list[Element] = [node for node in nodes(scope) if _flows(node)]
        self.number: dict[str, int] = {}
        for place, node in enumerate(self.nodes):
            self.number.setdefault(node.get("id", ""), place)
        self.ways: list[Way] = []
        self.out: list[list[Way]] = [[] for _ in self.nodes]
        self.into: list[list[Way]] = [[] for _ in self.nodes]
        self._add_flows()
        self._add_boundaries()
        self._add_links()
        self.entries, self.one_entry = self._find_entries()

    def name(self, node: int) -> str:
        """Return what people call a node: its name, or its id."""
        element = self.nodes[node]
        return (element.get("name") or "").strip() or element.get("id") or local(element)

    def after(self, start: Iterable[int], *, stop: Collection[int] = ()) -> set[int]:
        """Return every node that can be reached from ``start``, which are among them.

        Nodes in ``stop`` are reached and not left.
        """
        reached: set[int] = set()
        pending = list(start)
        while pending:
            node = pending.pop()
            if node not in reached:
                reached.add(node)
                if node not in stop:
                    pending.extend(way.target for way in self.out[node])
        return reached

    def before(self, start: Iterable[int]) -> set[int]:
        """Return every node from which one of ``start`` can be reached, and ``start``."""
        reached: set[int] = set()
        pending = list(start)
        while pending:
            node = pending.pop()
            if node not in reached:
                reached.add(node)
                pending.extend(way.source for way in self.into[node])
        return reached

    def _add(self, source: int, target: int, kind: Kind, flow: Element | None = None) -> None:
        way = Way(len(self.ways), source, target, kind, flow)
        self.ways.append(way)
        self.out[source].append(way)
        self.into[target].append(way)

    def _add_flows(self) -> None:
        for flow in flows(self.scope):
            ends = [self.number.get(plain_name(flow.get(end))) for end in _ENDS]
            if ends[0] is not None and ends[1] is not None:
                self._add(ends[0], ends[1], Kind.FLOW, flow)

    def _add_boundaries(self) -> None:
        for place, node in enumerate(self.nodes):
            if local(node) == "boundaryEvent":
                host = self.number.get(plain_name(node.get("attachedToRef")))
                if host is not None and local(self.nodes[host]) != "boundaryEvent":
                    beside = node.get("cancelActivity") in ("false", "0")
                    self._add(host, place, Kind.BESIDE if beside else Kind.INSTEAD)

    def _add_links(self) -> None:
        links = [
            (place, link_name(node, definition), local(node))
            for place, node in enumerate(self.nodes)
            for definition in node.findall(B + "linkEventDefinition")
        ]
        caught: dict[str, int] = {}
        for place, name, kind in links:
            if kind == "intermediateCatchEvent":
                caught.setdefault(name, place)
        for place, name, kind in links:
            if kind == "intermediateThrowEvent" and name in caught:
                self._add(place, caught[name], Kind.FLOW)

    def _find_entries(self) -> tuple[list[int], bool]:
        """Return where tokens begin, and whether only one of these places does in one run."""
        drawn = [
            place
            for place, node in enumerate(self.nodes)
            if local(node) == "startEvent"
            or (node.get("instantiate") in ("true", "1") and not self.into[place])
        ]
        if drawn:
            return drawn, True
        fed = [
            place
            for place, node in enumerate(self.nodes)
            if not self.into[place] and local(node) != "boundaryEvent"
        ]
        return fed, False


_ENDS = ("sourceRef", "targetRef")


def _flows(node: Element) -> bool:
    """Say whether a token of the flow can come to ``node``."""
    if local(node) == "boundaryEvent" and node.find(B + "compensateEventDefinition") is not None:
        return False
    return node.get("isForCompensation") not in ("true", "1") and not is_triggered_by_event(node)


def graphs(drawing: Drawing) -> Mapping[Element, Graph]:
    """Return the graph of every scope with a flow, made once a drawing.

    What an ad-hoc sub-process holds is done in any order: it has none.
    """
    return drawing.remembered(
        "graphs",
        lambda: {s: Graph(s) for s in drawing.scopes if local(s) != "adHocSubProcess"},
    )
