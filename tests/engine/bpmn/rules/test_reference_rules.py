"""References and declarations: what leads to nothing, to another kind, or says too little."""

from __future__ import annotations

import pytest

from engine.bpmn.references import TABLE
from engine.bpmn.rules import diagnose
from engine.definitions import Severity
from tests.engine.bpmn.rules.documents import (
    DRAFT,
    START,
    TASK,
    WARNING,
    Sentence,
    document,
    flow,
    found_by,
    process,
)

MESSAGE, SIGNAL = '<message id="m" name="m"/>', '<signal id="g" name="g"/>'
CAUGHT = '<startEvent id="s"><{0}EventDefinition id="x" {0}Ref="{1}"/></startEvent>'
ENDED = '<endEvent id="e"><{0}EventDefinition id="x" {0}Ref="{1}"/></endEvent>'
LANE = '<laneSet><lane id="x"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
ROLE = (
    '<userTask id="a"><potentialOwner id="x">{}<resourceAssignmentExpression><expression>y'
    "</expression></resourceAssignmentExpression></potentialOwner></userTask>"
)
OPERATION = (
    '<interface id="i" name="i"><operation id="o" name="o"><inMessageRef>m</inMessageRef>'
    "</operation></interface>"
)


def undeclared(word: str, event: str) -> Sentence:
    """Return the sentence about references to one kind of declaration."""
    declared = f'<{word} id="d" name="d" {word}Code="1"/>'
    return Sentence(
        f"A {word} that is referred to is declared",
        "15.3.2",
        "undeclared-reference",
        DRAFT,
        "x",
        process(event.format(word, "gone")),
        process(event.format(word, "d")) + declared,
    )


def other_kind(word: str, event: str) -> Sentence:
    """Return the sentence about references to a declaration of another kind."""
    declared = f'<{word} id="d" name="d" {word}Code="1"/>'
    return Sentence(
        f"A reference to a {word} leads to none of another kind",
        "15.3.2",
        "reference-to-wrong-kind",
        DRAFT,
        "x",
        process(event.format(word, "a") + TASK),
        process(event.format(word, "d") + TASK) + declared,
    )


SENTENCES = [
    undeclared("message", CAUGHT),
    undeclared("signal", CAUGHT),
    undeclared("error", ENDED),
    undeclared("escalation", ENDED),
    other_kind("message", CAUGHT),
    other_kind("signal", CAUGHT),
    other_kind("error", ENDED),
    other_kind("escalation", ENDED),
    Sentence(
        "A call activity calls a process or a global task",
        "10.3.6",
        "reference-to-wrong-kind",
        DRAFT,
        "x",
        process('<callActivity id="x" calledElement="m"/>') + MESSAGE,
        process('<callActivity id="x" calledElement="q"/>') + process(START, "q"),
    ),
    Sentence(
        "Two messages have different names",
        "8.4.11",
        "same-name",
        WARNING,
        "x",
        MESSAGE + '<message id="x" name="m"/>',
        MESSAGE + '<message id="x" name="n"/>',
    ),
    Sentence(
        "Two signals have different names",
        "10.5.5",
        "same-name",
        WARNING,
        "x",
        SIGNAL + '<signal id="x" name="g"/>',
        SIGNAL + MESSAGE + '<signal id="x" name="m"/>',
    ),
    Sentence(
        "A message that is waited for has a name",
        "8.4.11",
        "declaration-without-name",
        DRAFT,
        "d",
        process(CAUGHT.format("message", "d")) + '<message id="d"/>',
        process(CAUGHT.format("message", "d")) + '<message id="d" name="d"/>',
    ),
    Sentence(
        "A signal that is sent has a name",
        "10.5.5",
        "declaration-without-name",
        DRAFT,
        "d",
        process(ENDED.format("signal", "d")) + '<signal id="d" name=" "/>',
        process(ENDED.format("signal", "d")) + '<signal id="d" name="d"/>',
    ),
    Sentence(
        "The message of a task is one of its operation",
        "10.3.3",
        "operation-disagrees",
        WARNING,
        "x",
        process('<sendTask id="x" messageRef="n" operationRef="o"/>')
        + OPERATION
        + '<message id="n" name="n"/>',
        process('<sendTask id="x" messageRef="m" operationRef="o"/>') + OPERATION + MESSAGE,
    ),
    Sentence(
        "The message of an event is one of its operation",
        "10.5.5",
        "operation-disagrees",
        WARNING,
        "x",
        process(
            '<startEvent id="s"><messageEventDefinition id="x" messageRef="n"><operationRef>o'
            "</operationRef></messageEventDefinition></startEvent>"
        )
        + OPERATION
        + '<message id="n" name="n"/>',
        process(
            '<startEvent id="s"><messageEventDefinition id="x" messageRef="m"><operationRef>o'
            "</operationRef></messageEventDefinition></startEvent>"
        )
        + OPERATION
        + MESSAGE,
    ),
    Sentence(
        "An association connects no two flow nodes",
        "8.4.1",
        "association-between-nodes",
        WARNING,
        "x",
        process(START + TASK + '<association id="x" sourceRef="s" targetRef="a"/>'),
        process(
            TASK
            + '<task id="u" isForCompensation="true"/><boundaryEvent id="b" attachedToRef="a">'
            + "<compensateEventDefinition/></boundaryEvent>"
            + '<association id="x" sourceRef="b" targetRef="u"/>'
        ),
    ),
    Sentence(
        "A lane lists elements of its own process",
        "10.8",
        "lane-of-another-process",
        WARNING,
        "x",
        process(LANE + START) + process(TASK, "q"),
        process(LANE + TASK) + process(START, "q"),
    ),
    Sentence(
        "A resource role names a resource or an expression",
        "10.3.1",
        "resource-role-twice",
        WARNING,
        "x",
        process(ROLE.format("<resourceRef>r</resourceRef>")) + '<resource id="r" name="r"/>',
        process(ROLE.format("")),
    ),
]
every = pytest.mark.parametrize("one", SENTENCES, ids=[one.sentence for one in SENTENCES])


@every
def test_a_document_that_breaks_it_has_the_problem_at_the_element(one: Sentence) -> None:
    assert found_by(one.rule, one.wrong) == [(one.at, one.severity)]


@every
def test_a_document_that_keeps_it_has_no_such_problem(one: Sentence) -> None:
    assert found_by(one.rule, one.right) == []


# -- the table of references ---------------------------------------------------------------------

REFERENCES = [one for one in TABLE if one.by != "type"]
each = pytest.mark.parametrize(
    "reference", REFERENCES, ids=[f"{one.owner} {one.by}" for one in REFERENCES]
)
#: References that are written as elements; all others are attributes.
WRITTEN_AS_ELEMENTS = {
    ("messageEventDefinition", "operationRef"),
    *(("operation", name) for name in ("inMessageRef", "outMessageRef", "errorRef")),
    *((owner, "sourceRef") for owner in ("dataInputAssociation", "dataOutputAssociation")),
    *((owner, "targetRef") for owner in ("dataInputAssociation", "dataOutputAssociation")),
    *(("process", name) for name in ("supports",)),
    *((owner, "supportedInterfaceRef") for owner in ("process", "globalTask", "globalUserTask")),
    ("lane", "flowNodeRef"),
    ("participant", "interfaceRef"),
}


def referring_to(owner: str, by: str, key: str, other: str) -> str:
    """Return a document whose ``owner`` x refers to ``key``, with an element ``other`` d in it."""
    inside = (owner, by) in WRITTEN_AS_ELEMENTS
    attribute = "" if inside else f'{by}="{key}"'
    child = f"<{by}>{key}</{by}>" if inside else ""
    return (
        f'<{owner} id="x" {attribute}>{child}</{owner}>'
        f'<{other} id="d"/><laneSet id="nothing-else"/>'
    )


@each
def test_a_reference_to_nothing_is_found(reference) -> None:
    # given
    body = referring_to(reference.owner, reference.by, "gone", "process")

    # when / then
    assert found_by("reference-to-nothing", body) == [("x", reference.lost)]


@each
def test_a_reference_to_another_kind_is_found(reference) -> None:
    # given
    body = referring_to(reference.owner, reference.by, "nothing-else", "process")

    # when
    found = found_by("reference-to-wrong-kind", body)

    # then
    assert found == ([("x", reference.odd)] if reference.kinds else [])


@each
def test_a_reference_to_the_right_kind_is_no_problem(reference) -> None:
    # given
    kind = min(reference.kinds or {"task"})
    body = referring_to(reference.owner, reference.by, "d", kind)

    # when
    found = found_by("reference-to-nothing", body) + found_by("reference-to-wrong-kind", body)

    # then
    assert found == []


@pytest.mark.parametrize(
    "text", ["xsd:string", "${order}", "= order", "other:thing", "http://example.org/T"]
)
def test_what_other_documents_define_is_not_looked_up(text: str) -> None:
    # given
    body = (
        '<import namespace="urn:o" location="o.xsd" importType="http://www.w3.org/2001/XMLSchema"/>'
        + process(f'<dataObject xmlns:other="urn:o" id="x" itemSubjectRef="{text}"/>')
    )

    # when / then
    assert found_by("reference-to-nothing", body) == []


def test_every_reference_costs_a_warning_or_a_draft() -> None:
    assert {one.lost for one in TABLE} | {one.odd for one in TABLE} == {
        Severity.WARNING,
        Severity.DRAFT,
    }


def test_what_is_referred_to_rightly_has_no_problem_of_references() -> None:
    # given
    body = process(CAUGHT.format("message", "m") + TASK + flow("s", "a")) + MESSAGE

    # when / then
    assert [one.rule for one in diagnose(document(body)) if "reference" in one.rule] == []
