"""A drawing as the rules look at it: everything they ask for, looked up once.

A rule that walked the tree itself would do so for each question; with a hundred rules that is what
linting would cost. Nothing here changes the tree, and nothing notices when it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from engine.bpmn.xml import (
    ACTIVITIES,
    EVENTS,
    FLOW_NODES,
    GATEWAYS,
    SCOPES,
    B,
    Element,
    event_definitions,
    local,
    plain_name,
    scopes,
)

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}

T = TypeVar("T")


class Drawing:
    """The ``definitions`` of one file, as drawn."""

    def __init__(self, root: Element) -> None:
        """Look at the document below ``root``."""
        self.root = root
        self._remembered: dict[str, Any] = {}

    def remembered(self, name: str, make: Callable[[], T]) -> T:
        """Return what ``make`` gives, made once: for analyses that several rules share."""
        if name not in self._remembered:
            self._remembered[name] = make()
        found: T = self._remembered[name]
        return found

    @cached_property
    def _by_tag(self) -> Mapping[str, list[Element]]:
        found: dict[str, list[Element]] = {}
        for element in self.root.iter():
            name = local(element)
            if name:
                found.setdefault(name, []).append(element)
        return found

    def all(self, *tags: str) -> list[Element]:
        """Return every BPMN element with one of these local names, tag by tag in document order."""
        if len(tags) == 1:
            return list(self._by_tag.get(tags[0], ()))
        return [element for tag in tags for element in self._by_tag.get(tag, ())]

    @cached_property
    def by_id(self) -> Mapping[str, Element]:
        """Every BPMN element by its id; the first one where an id is given twice."""
        found: dict[str, Element] = {}
        for elements in self._by_tag.values():
            for element in elements:
                key = element.get("id")
                if key:
                    found.setdefault(key, element)
        return found

    def referred(self, reference: str | None) -> Element | None:
        """Return what a reference leads to, whatever its prefix; None when it leads nowhere."""
        return self.by_id.get(plain_name(reference))

    @cached_property
    def scopes(self) -> list[Element]:
        """Every process and sub-process, in document order, so outer before inner."""
        return scopes(self.root)

    @cached_property
    def nodes(self) -> list[Element]:
        """Every flow node."""
        return self.all(*sorted(FLOW_NODES))

    @cached_property
    def activities(self) -> list[Element]:
        """Every task, call activity and sub-process."""
        return self.all(*sorted(ACTIVITIES))

    @cached_property
    def events(self) -> list[Element]:
        """Every event."""
        return self.all(*sorted(EVENTS))

    @cached_property
    def gateways(self) -> list[Element]:
        """Every gateway."""
        return self.all(*sorted(GATEWAYS))

    @cached_property
    def _by_scope(self) -> Mapping[Element | None, list[Element]]:
        found: dict[Element | None, list[Element]] = {}
        for node in self.nodes:
            found.setdefault(node.getparent(), []).append(node)
        return found

    def nodes_in(self, scope: Element) -> list[Element]:
        """Return the flow nodes directly in ``scope``, kind by kind."""
        return self._by_scope.get(scope, [])

    @cached_property
    def flows(self) -> list[Element]:
        """Every sequence flow."""
        return self.all("sequenceFlow")

    @cached_property
    def _leaving(self) -> Mapping[str, list[Element]]:
        return _grouped(self.flows, "sourceRef")

    @cached_property
    def _arriving(self) -> Mapping[str, list[Element]]:
        return _grouped(self.flows, "targetRef")

    def outgoing(self, node: Element) -> list[Element]:
        """Return the sequence flows that leave ``node``, by their own ends, in document order."""
        return self._leaving.get(node.get("id", ""), [])

    def incoming(self, node: Element) -> list[Element]:
        """Return the sequence flows that lead to ``node``."""
        return self._arriving.get(node.get("id", ""), [])

    @cached_property
    def _nodes_by_id(self) -> Mapping[str, Element]:
        return {node.get("id", ""): node for node in reversed(self.nodes)}

    def node(self, reference: str | None) -> Element | None:
        """Return what a reference leads to, a flow node before anything else with the same id."""
        found = self._nodes_by_id.get(plain_name(reference))
        return self.referred(reference) if found is None else found

    def source(self, flow: Element) -> Element | None:
        """Return what ``flow`` leaves."""
        return self.node(flow.get("sourceRef"))

    def target(self, flow: Element) -> Element | None:
        """Return what ``flow`` leads to."""
        return self.node(flow.get("targetRef"))

    @cached_property
    def _attached(self) -> Mapping[str, list[Element]]:
        return _grouped(self.all("boundaryEvent"), "attachedToRef")

    def boundary_events(self, activity: Element) -> list[Element]:
        """Return the boundary events of ``activity``."""
        return self._attached.get(activity.get("id", ""), [])

    @cached_property
    def _triggers(self) -> Mapping[Element, list[Element]]:
        found = {}
        for event in self.events:
            shared = (self.referred(ref.text) for ref in event.findall(B + "eventDefinitionRef"))
            found[event] = [*event_definitions(event), *(one for one in shared if one is not None)]
        return found

    def triggers(self, event: Element) -> list[Element]:
        """Return the event definitions of ``event``: those written in it and those it refers to."""
        return self._triggers.get(event, [])

    def trigger_words(self, event: Element) -> set[str]:
        """Return what kinds of trigger ``event`` has: ``message``, ``timer``, ``compensate``..."""
        return {local(one).removesuffix("EventDefinition") for one in self.triggers(event)}

    def is_bare_multiple(self, event: Element) -> bool:
        """Say whether ``event`` is drawn as one of several triggers that nobody has chosen yet.

        A widespread modeler writes a cancellation and a termination in their place, at any event.
        """
        return self.trigger_words(event) == {"cancel", "terminate"}

    @cached_property
    def _associated(self) -> Mapping[str, list[Element]]:
        found: dict[str, list[Element]] = {}
        for association in self.all("association"):
            ends = [plain_name(association.get(end)) for end in ("sourceRef", "targetRef")]
            for here, there in (ends, reversed(ends)):
                other = self.by_id.get(there)
                if other is not None:
                    found.setdefault(here, []).append(other)
        return found

    def associated(self, element: Element) -> list[Element]:
        """Return what associations connect with ``element``, in either direction."""
        return self._associated.get(element.get("id", ""), [])

    def scope_of(self, element: Element) -> Element | None:
        """Return the process or sub-process that ``element`` stands directly in."""
        around = element.getparent()
        while around is not None and local(around) not in SCOPES:
            around = around.getparent()
        return around


def _grouped(elements: list[Element], attribute: str) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = {}
    for element in elements:
        key = plain_name(element.get(attribute))
        if key:
            found.setdefault(key, []).append(element)
    return found


def says(element: Element, attribute: str, *, otherwise: bool = False) -> bool:
    """Return a yes or no of the drawing as XML Schema writes it; ``otherwise`` when it is absent.

    What is neither yes nor no counts as absent.
    """
    return _BOOLEANS.get((element.get(attribute) or "").strip().lower(), otherwise)
