"""Every element of BPMN 2.0 is run, shown or reported: nothing is accepted and ignored."""

from __future__ import annotations

import pytest

from engine.bpmn.compiling import compile_document
from engine.bpmn.normal import normalise
from engine.bpmn.rules import diagnose
from engine.bpmn.vocabulary import EVENT_DEFINITIONS, FATES, Fate
from engine.bpmn.xml import ACTIVITIES, CHOREOGRAPHY, EVENTS, FLOW_NODES, GATEWAYS

#: The concrete flow elements of the schema ``Semantic.xsd`` of BPMN 2.0.2.
FLOW_ELEMENTS = """
adHocSubProcess boundaryEvent businessRuleTask callActivity callChoreography choreographyTask
complexGateway dataObject dataObjectReference dataStoreReference endEvent event eventBasedGateway
exclusiveGateway implicitThrowEvent inclusiveGateway intermediateCatchEvent intermediateThrowEvent
manualTask parallelGateway receiveTask scriptTask sendTask sequenceFlow serviceTask startEvent
subChoreography subProcess task transaction userTask
""".split()  # noqa: SIM905 - the schema's list, to be compared at a glance


def test_every_flow_element_of_the_schema_has_a_fate() -> None:
    assert set(FLOW_ELEMENTS) <= set(FATES)


def test_the_lists_of_the_reader_and_of_the_vocabulary_agree() -> None:
    # given / when
    run = {name for name, fate in FATES.items() if fate is Fate.RUN}

    # then
    assert run >= ACTIVITIES | GATEWAYS | EVENTS | EVENT_DEFINITIONS
    assert {name for name in CHOREOGRAPHY if FATES[name] is Fate.REPORTED} == CHOREOGRAPHY


def test_no_element_has_two_fates() -> None:
    # given
    from engine.bpmn import vocabulary

    lists = [vocabulary._RUN, vocabulary._SHOWN, vocabulary._REPORTED]

    # when / then
    assert sum(map(len, lists)) == len(FATES)


def problems_of(drawing, body: str):
    found = drawing(body)
    problems = [*diagnose(found), *normalise(found)]
    compiled = compile_document(found)
    return [*problems, *compiled.problems], compiled


@pytest.mark.parametrize("tag", sorted(FLOW_NODES - {"boundaryEvent", "implicitThrowEvent"}))
def test_a_flow_node_is_compiled_or_reported(drawing, tag: str) -> None:
    # given
    body = f'<startEvent id="s"/><{tag} id="x"/>{drawing.path("s x")}'

    # when
    problems, compiled = problems_of(drawing, body)

    # then
    runs = {spec.origin.id for scope in compiled.scopes for spec in scope.elements}
    reported = {problem.element for problem in problems if problem.severity in ("draft", "error")}
    assert "x" in runs | reported
    assert tag not in CHOREOGRAPHY or "x" in reported


@pytest.mark.parametrize("kind", sorted(EVENT_DEFINITIONS | {"dreamEventDefinition"}))
@pytest.mark.parametrize(
    "event", ["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent"]
)
def test_an_event_definition_without_its_details_never_passes_in_silence(
    drawing, event: str, kind: str
) -> None:
    # given
    body = f'<task id="t"/><{event} id="x"><{kind} id="d"/></{event}>'

    # when
    problems, compiled = problems_of(drawing, body)

    # then
    triggers = [
        trigger
        for scope in compiled.scopes
        for spec in scope.elements
        if spec.origin.id == "x"
        for trigger in getattr(spec, "triggers", ())
    ]
    reported = [problem for problem in problems if problem.severity != "info"]
    assert triggers or reported


@pytest.mark.parametrize("name", ["teleport", "subprocess", "UserTask", "dataAssociation2"])
def test_a_name_that_bpmn_does_not_know_is_an_error(drawing, name: str) -> None:
    # given / when
    problems, _ = problems_of(drawing, f'<startEvent id="s"/><{name} id="x"/>')

    # then
    assert ("unsupported-element", "error") in {(p.rule, p.severity) for p in problems}
