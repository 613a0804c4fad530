"""What the standard's schema demands of single elements: broken it is found, kept it is not."""

from __future__ import annotations

import pytest

from engine.bpmn.rules import diagnose
from engine.bpmn.schema import BOOLEANS, ENUMERATIONS, PARTS, PLACES
from engine.bpmn.vocabulary import FATES
from tests.engine.bpmn.rules.documents import (
    DRAFT,
    END,
    ERROR,
    START,
    TASK,
    WARNING,
    Sentence,
    document,
    found_by,
    process,
)

TIMER = "<timerEventDefinition id='t'><timeDuration>PT1H</timeDuration></timerEventDefinition>"
MULTIPLE = '<task id="a"><multiInstanceLoopCharacteristics id="m" {}/></task>'


def yes_or_no(name: str, element: str) -> Sentence:
    """Return the sentence about one such attribute; ``element`` has a place for it and the id x."""
    return Sentence(
        f"{name} is yes or no",
        "Semantic.xsd",
        "boolean-value",
        DRAFT,
        "x",
        element.format(f'{name}="perhaps"'),
        element.format(f'{name}="1"'),
    )


def one_of(name: str, severity: object, element: str, right: str) -> Sentence:
    """Return the sentence about one attribute with a list of values."""
    return Sentence(
        f"{name} has a value of its list",
        "Semantic.xsd",
        "attribute-value",
        severity,  # type: ignore[arg-type]
        "x",
        element.format(f'{name}="Whatever"'),
        element.format(f'{name}="{right}"'),
    )


def place(tag: str, severity: object, wrong: str, right: str) -> Sentence:
    """Return the sentence about the place of one element with the id x."""
    return Sentence(
        f"'{tag}' stands where the schema has it ({severity})",
        "Semantic.xsd",
        "misplaced-element",
        severity,  # type: ignore[arg-type]
        "x",
        wrong,
        right,
    )


def whole(tag: str, severity: object, wrong: str, right: str) -> Sentence:
    """Return the sentence about what one element with the id x has to have."""
    return Sentence(
        f"'{tag}' is complete",
        "Semantic.xsd",
        "incomplete-element",
        severity,  # type: ignore[arg-type]
        "x",
        wrong,
        right,
    )


HOST = TASK + '<boundaryEvent id="x" attachedToRef="a" {}>' + TIMER + "</boundaryEvent>"
EVENT = '<sequenceFlow id="x" sourceRef="s" targetRef="a" {}/>'
SCHEMA = [
    yes_or_no("isExecutable", '<process id="x" {}>' + START + "</process>"),
    yes_or_no("isClosed", '<process id="x" isExecutable="true" {}>' + START + "</process>"),
    yes_or_no("isInterrupting", process('<startEvent id="x" {}/>')),
    yes_or_no("cancelActivity", process(HOST)),
    yes_or_no("parallelMultiple", process(HOST)),
    yes_or_no("triggeredByEvent", process('<subProcess id="x" {}/>')),
    yes_or_no("isForCompensation", process('<task id="x" {}/>')),
    yes_or_no(
        "isSequential",
        process('<task id="a"><multiInstanceLoopCharacteristics id="x" {}/></task>'),
    ),
    yes_or_no(
        "testBefore", process('<task id="a"><standardLoopCharacteristics id="x" {}/></task>')
    ),
    yes_or_no("instantiate", process('<receiveTask id="x" {}/>')),
    yes_or_no("isCollection", process('<dataObject id="x" {}/>')),
    yes_or_no("isImmediate", process(START + TASK + EVENT)),
    yes_or_no("cancelRemainingInstances", process('<adHocSubProcess id="x" {}/>')),
    yes_or_no(
        "waitForCompletion",
        process('<endEvent id="e"><compensateEventDefinition id="x" {}/></endEvent>'),
    ),
    yes_or_no("isUnlimited", process(START) + '<dataStore id="x" {}/>'),
    one_of("gatewayDirection", WARNING, process('<parallelGateway id="x" {}/>'), "Unspecified"),
    one_of("eventGatewayType", DRAFT, process('<eventBasedGateway id="x" {}/>'), "Exclusive"),
    one_of("behavior", DRAFT, process(MULTIPLE.replace('id="m"', 'id="x"')), "All"),
    one_of("ordering", DRAFT, process('<adHocSubProcess id="x" {}/>'), "Parallel"),
    one_of("method", WARNING, process('<transaction id="x" {}/>'), "##Compensate"),
    one_of("processType", WARNING, '<process id="x" {}>' + START + "</process>", "Private"),
    one_of("associationDirection", WARNING, process('<association id="x" {}/>'), "Both"),
    one_of("itemKind", WARNING, process(START) + '<itemDefinition id="x" {}/>', "Physical"),
    place(
        "startEvent",
        ERROR,
        process("<laneSet><lane><startEvent id='x'/></lane></laneSet>"),
        process("<startEvent id='x'/>"),
    ),
    place("task", ERROR, process(START) + "<task id='x'/>", process("<task id='x'/>")),
    place(
        "userTask",
        ERROR,
        process(START) + "<collaboration><userTask id='x'/></collaboration>",
        process("<userTask id='x'/>"),
    ),
    place(
        "exclusiveGateway",
        ERROR,
        process("<task id='a'><exclusiveGateway id='x'/></task>"),
        process("<exclusiveGateway id='x'/>"),
    ),
    place(
        "sequenceFlow",
        ERROR,
        process(START + TASK) + "<sequenceFlow id='x' sourceRef='s' targetRef='a'/>",
        process(START + TASK + "<sequenceFlow id='x' sourceRef='s' targetRef='a'/>"),
    ),
    place(
        "timerEventDefinition",
        ERROR,
        process(f"<task id='a'>{TIMER}</task>").replace("'t'", "'x'"),
        process(f"<startEvent id='a'>{TIMER}</startEvent>").replace("'t'", "'x'"),
    ),
    place(
        "messageEventDefinition",
        ERROR,
        process(START + "<messageEventDefinition id='x'/>"),
        process(START) + "<messageEventDefinition id='x'/>",
    ),
    place(
        "standardLoopCharacteristics",
        ERROR,
        process("<startEvent id='s'><standardLoopCharacteristics id='x'/></startEvent>"),
        process("<task id='a'><standardLoopCharacteristics id='x'/></task>"),
    ),
    place(
        "conditionExpression",
        ERROR,
        process("<exclusiveGateway id='g'><conditionExpression id='x'/></exclusiveGateway>"),
        process(
            START + TASK + "<sequenceFlow id='f' sourceRef='s' targetRef='a'>"
            "<conditionExpression id='x'>y</conditionExpression></sequenceFlow>"
        ),
    ),
    place(
        "timeDuration",
        ERROR,
        process("<startEvent id='s'><timeDuration id='x'/></startEvent>"),
        process(
            "<startEvent id='s'><timerEventDefinition><timeDuration id='x'>PT1H"
            "</timeDuration></timerEventDefinition></startEvent>"
        ),
    ),
    place(
        "script",
        ERROR,
        process("<userTask id='a'><script id='x'/></userTask>"),
        process("<scriptTask id='a'><script id='x'>y = 1</script></scriptTask>"),
    ),
    place(
        "lane",
        ERROR,
        process(START + "<lane id='x'/>"),
        process(START + "<laneSet><lane id='x'/></laneSet>"),
    ),
    place("process", ERROR, process(START + "<process id='x'/>"), "<process id='x'/>"),
    place(
        "message",
        WARNING,
        process(START + "<message id='x' name='m'/>"),
        process(START) + "<message id='x' name='m'/>",
    ),
    place(
        "dataObject",
        DRAFT,
        process(START) + "<dataObject id='x'/>",
        process(START + "<dataObject id='x'/>"),
    ),
    place(
        "participant",
        DRAFT,
        process(START + "<participant id='x'/>"),
        process(START) + "<collaboration><participant id='x'/></collaboration>",
    ),
    place(
        "messageFlow",
        DRAFT,
        process(START + "<messageFlow id='x'/>"),
        process(START) + "<collaboration><messageFlow id='x'/></collaboration>",
    ),
    place(
        "ioSpecification",
        DRAFT,
        process("<startEvent id='s'><ioSpecification id='x'/></startEvent>"),
        process("<task id='a'><ioSpecification id='x'/></task>"),
    ),
    place(
        "dataInputAssociation",
        DRAFT,
        process("<startEvent id='s'><dataInputAssociation id='x'/></startEvent>"),
        process("<task id='a'><dataInputAssociation id='x'/></task>"),
    ),
    place(
        "correlationSubscription",
        DRAFT,
        process("<task id='a'><correlationSubscription id='x'/></task>"),
        process(START + "<correlationSubscription id='x'/>"),
    ),
    place(
        "text",
        WARNING,
        process("<task id='a'><text id='x'/></task>"),
        process("<textAnnotation id='a'><text id='x'/></textAnnotation>"),
    ),
    whole(
        "association",
        WARNING,
        process(TASK + "<association id='x' sourceRef='a'/>"),
        process(TASK + END + "<association id='x' sourceRef='a' targetRef='e'/>"),
    ),
    whole(
        "conversationLink",
        WARNING,
        "<collaboration><conversationLink id='x'/></collaboration>",
        "<collaboration><participant id='a'/><conversation id='c'/>"
        "<conversationLink id='x' sourceRef='a' targetRef='c'/></collaboration>",
    ),
    whole(
        "operation",
        WARNING,
        "<interface name='i'><operation id='x' name='o'/></interface>",
        "<interface name='i'><operation id='x' name='o'><inMessageRef>m</inMessageRef></operation>"
        "</interface><message id='m' name='m'/>",
    ),
    whole(
        "interface",
        WARNING,
        "<interface id='x' name='i'/>",
        "<interface id='x' name='i'><operation name='o'><inMessageRef>m</inMessageRef></operation>"
        "</interface><message id='m' name='m'/>",
    ),
    whole("resource", WARNING, "<resource id='x'/>", "<resource id='x' name='r'/>"),
    whole(
        "correlationKey",
        DRAFT,
        "<collaboration><correlationKey id='x'/></collaboration>",
        "<collaboration><correlationKey id='x'><correlationPropertyRef>c</correlationPropertyRef>"
        "</correlationKey></collaboration>",
    ),
    whole(
        "correlationProperty",
        DRAFT,
        "<correlationProperty id='x'/>",
        "<correlationProperty id='x'><correlationPropertyRetrievalExpression messageRef='m'>"
        "<messagePath>a</messagePath></correlationPropertyRetrievalExpression>"
        "</correlationProperty>",
    ),
    whole(
        "correlationPropertyRetrievalExpression",
        DRAFT,
        "<correlationProperty><correlationPropertyRetrievalExpression id='x'/>"
        "</correlationProperty>",
        "<correlationProperty><correlationPropertyRetrievalExpression id='x' messageRef='m'>"
        "<messagePath>a</messagePath></correlationPropertyRetrievalExpression>"
        "</correlationProperty>",
    ),
    whole(
        "correlationSubscription",
        DRAFT,
        process(START + "<correlationSubscription id='x'/>"),
        process(START + "<correlationSubscription id='x' correlationKeyRef='k'/>"),
    ),
    whole(
        "assignment",
        DRAFT,
        process(
            "<task id='a'><dataInputAssociation><assignment id='x'><from>1</from>"
            "</assignment></dataInputAssociation></task>"
        ),
        process(
            "<task id='a'><dataInputAssociation><assignment id='x'><from>1</from><to>b</to>"
            "</assignment></dataInputAssociation></task>"
        ),
    ),
    whole(
        "choreographyTask",
        WARNING,
        "<choreography><choreographyTask id='x'/></choreography>",
        "<choreography><choreographyTask id='x' initiatingParticipantRef='a'>"
        "<participantRef>a</participantRef></choreographyTask></choreography>",
    ),
    Sentence(
        "An id begins with a letter",
        "Semantic.xsd",
        "id-not-a-name",
        WARNING,
        "1",
        process("<task id='1'/>"),
        process("<task id='_1'/>"),
    ),
    Sentence(
        "An id has no spaces",
        "Semantic.xsd",
        "id-not-a-name",
        WARNING,
        "a b",
        process("<task id='a b'/>"),
        process("<task id='a-b.c_d'/>"),
    ),
    Sentence(
        "Other diagrams are deployed along, not imported",
        "8.2.2",
        "import-not-followed",
        WARNING,
        "defs",
        "<import importType='http://www.omg.org/spec/BPMN/20100524/MODEL' location='b.bpmn'/>",
        process(START),
    ),
]
every = pytest.mark.parametrize("one", SCHEMA, ids=[one.sentence for one in SCHEMA])


@every
def test_a_document_that_breaks_it_has_the_problem_at_the_element(one: Sentence) -> None:
    assert found_by(one.rule, one.wrong) == [(one.at, one.severity)]


@every
def test_a_document_that_keeps_it_has_no_such_problem(one: Sentence) -> None:
    assert found_by(one.rule, one.right) == []


def test_the_same_yes_or_no_in_capitals_is_understood() -> None:
    assert found_by("boolean-value", process(START, attributes='isExecutable="TRUE"')) == []


def test_imported_types_are_only_mentioned() -> None:
    # given
    types = "<import importType='http://www.w3.org/2001/XMLSchema' location='t.xsd'/>"

    # when
    (problem,) = [one for one in diagnose(document(types)) if one.rule == "import-not-followed"]

    # then
    assert problem.severity == "info"


def test_many_odd_ids_are_one_problem() -> None:
    # given
    tasks = "".join(f"<task id='{number}'/>" for number in range(1, 10))

    # when
    (problem,) = [one for one in diagnose(document(process(tasks))) if one.rule == "id-not-a-name"]

    # then
    assert "and 6 more" in problem.message


def test_what_a_vendor_nests_in_its_own_elements_is_left_alone() -> None:
    # given
    nested = (
        "<task id='a'><extensionElements><x:old xmlns:x='urn:x'><startEvent id='s'/></x:old>"
        "<endEvent id='e'/></extensionElements></task>"
    )

    # when / then
    assert found_by("misplaced-element", process(nested)) == []


def test_the_facts_of_the_schema_are_about_elements_of_bpmn() -> None:
    # given
    named = {*PLACES, *(tag for places in PLACES.values() for tag in places)}
    named |= {part.owner for part in PARTS} | {tag for part in PARTS for tag in part.children}

    # when / then
    assert named <= set(FATES)
    assert not BOOLEANS & set(ENUMERATIONS)
