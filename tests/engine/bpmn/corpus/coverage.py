"""What the corpus proves: read from its tables and its diagrams, never listed a second time."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

from lxml import etree

from engine.bpmn.xml import EVENTS, B, Element, event_definitions, local
from tests.engine.bpmn.corpus import tables
from tests.engine.bpmn.corpus.scenario import Scenario

_POSITIONS = {
    "startEvent": "start",
    "intermediateCatchEvent": "intermediate, catching",
    "intermediateThrowEvent": "intermediate, throwing",
    "boundaryEvent": "boundary",
    "endEvent": "end",
}


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Return every scenario of every table."""
    found = []
    for info in sorted(pkgutil.iter_modules(tables.__path__), key=lambda each: each.name):
        module = importlib.import_module(f"{tables.__name__}.{info.name}")
        found += getattr(module, info.name.upper())
    return tuple(found)


def proofs_of_elements() -> dict[str, list[Scenario]]:
    """Return the scenarios that prove each BPMN element, by its name."""
    found: dict[str, list[Scenario]] = {}
    for scenario in scenarios():
        for name in scenario.proves.split():
            found.setdefault(name, []).append(scenario)
    return found


def proofs_of_events() -> dict[tuple[str, str], list[Scenario]]:
    """Return the scenarios in which an event of each position and trigger completes."""
    found: dict[tuple[str, str], list[Scenario]] = {}
    for scenario in scenarios():
        root = etree.fromstring(scenario.path.read_bytes())
        happened = set(scenario.order.split())
        for key in {
            place for event in _events(root) if event.get("id") in happened for place in _at(event)
        }:
            found.setdefault(key, []).append(scenario)
    for key, diagram in EVENTS_ELSEWHERE.items():
        found[key] = [one for one in scenarios() if one.diagram == diagram][:1]
    return found


def _events(root: Element) -> Iterator[Element]:
    for tag in EVENTS:
        yield from root.iter(B + tag)


def _at(event: Element) -> Iterator[tuple[str, str]]:
    words = [
        local(each).removesuffix("EventDefinition")
        for each in event_definitions(event)
        if each.getparent() is event
    ]
    trigger = words[0] if len(words) == 1 else "multiple" if words else "none"
    if event.find(B + "eventDefinitionRef") is not None:
        return  # its trigger stands elsewhere
    if len(words) > 1 and event.get("parallelMultiple") == "true":
        trigger = "parallel multiple"
    yield _position(event), trigger


def _position(event: Element) -> str:
    name = _POSITIONS[local(event)]
    scope = event.getparent()
    inside = scope is not None and scope.get("triggeredByEvent") == "true"
    if local(event) == "startEvent" and inside:
        name = "start of an event sub-process"
    elif local(event) == "startEvent" and scope is not None and local(scope) != "process":
        name = "start of a sub-process"
    stays = "false" in (event.get("cancelActivity"), event.get("isInterrupting"))
    return f"{name}, non-interrupting" if stays else name


_START = ["message", "timer", "conditional", "signal", "multiple", "parallel multiple"]
_STAYING = [*_START, "escalation"]
#: Table 10.93 of the standard: which triggers an event may have at each position.
EVENTS_OF_BPMN = {
    "start": ["none", *_START],
    "start of a sub-process": ["none"],
    "start of an event sub-process": [*_STAYING, "error", "compensate"],
    "start of an event sub-process, non-interrupting": _STAYING,
    "intermediate, catching": [*_START, "link"],
    "boundary": [*_STAYING, "error", "cancel", "compensate"],
    "boundary, non-interrupting": _STAYING,
    "intermediate, throwing": [
        *("none", "message", "escalation", "link", "compensate", "signal", "multiple")
    ],
    "end": [
        *("none", "message", "escalation", "error", "cancel", "compensate", "signal"),
        *("terminate", "multiple"),
    ],
}
#: What no order of completed elements can show, or is not run: why, and the test.
REFUSED_EVENTS = {
    ("start", "parallel multiple"): "finding [start-needs-all](rules/start-needs-all.md)",
}
_RUNNING = "tests/engine/bpmn/running"
#: Events that stand in the diagrams of the corpus without completing as elements of their own.
EVENTS_ELSEWHERE = {
    ("boundary", "compensate"): "throw-compensation",
    ("end", "cancel"): "boundary-cancel",
}
#: Elements whose proof is no scenario of the corpus: a test that needs them.
ELSEWHERE = {
    **dict.fromkeys(
        ("definitions", "process"),
        "tests/engine/bpmn/corpus/test_constructs.py::test_a_construct_does_what_the_standard_says",
    ),
    **dict.fromkeys(
        ("expression", "formalExpression"),
        f"{_RUNNING}/test_languages.py::test_a_gateway_understands_every_language",
    ),
    **dict.fromkeys(
        ("incoming", "outgoing"),
        f"{_RUNNING}/test_gateways.py::"
        "test_an_exclusive_gateway_takes_the_first_true_flow_in_the_order_of_the_drawing",
    ),
    "correlationKeyRef": f"{_RUNNING}/test_correlation_properties.py::"
    "test_a_subscription_says_which_message_is_meant",
    "eventDefinition": "tests/engine/bpmn/rules/test_constraints.py::"
    "test_a_drawing_that_breaks_it_has_the_problem_at_the_element",
    "implicitThrowEvent": "tests/engine/bpmn/rules/test_constraints.py::"
    "test_a_drawing_that_breaks_it_has_the_problem_at_the_element",
}
