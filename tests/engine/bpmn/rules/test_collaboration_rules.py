"""Pools, message flows, choreographies and conversations."""

from __future__ import annotations

import pytest

from tests.engine.bpmn.rules.documents import (
    DRAFT,
    ERROR,
    START,
    TASK,
    WARNING,
    Sentence,
    found_by,
    process,
)

MESSAGE = '<messageEventDefinition messageRef="m"/>'
OTHER = '<task id="z"/>'
#: One element a kind, in the process of one pool; beside it a second pool and an empty one.
KINDS = {
    "task": '<task id="n"/>',
    "sendTask": '<sendTask id="n" messageRef="m"/>',
    "receiveTask": '<receiveTask id="n" messageRef="m"/>',
    "startEvent": f'<startEvent id="n">{MESSAGE}</startEvent>',
    "endEvent": f'<endEvent id="n">{MESSAGE}</endEvent>',
    "intermediateCatchEvent": f'<intermediateCatchEvent id="n">{MESSAGE}</intermediateCatchEvent>',
    "intermediateThrowEvent": f'<intermediateThrowEvent id="n">{MESSAGE}</intermediateThrowEvent>',
    "boundaryEvent": f'{TASK}<boundaryEvent id="n" attachedToRef="a">{MESSAGE}</boundaryEvent>',
    "exclusiveGateway": '<exclusiveGateway id="n"/>',
    "eventBasedGateway": '<eventBasedGateway id="n"/>',
    "textAnnotation": '<textAnnotation id="n"/>',
    "dataObjectReference": '<dataObject id="d"/><dataObjectReference id="n" dataObjectRef="d"/>',
    "lane": '<laneSet><lane id="n"/></laneSet>',
    "sequenceFlow": f'{START}{TASK}<sequenceFlow id="n" sourceRef="s" targetRef="a"/>',
    "subProcess": '<subProcess id="n"/>',
    "callActivity": '<callActivity id="n" calledElement="q"/>',
}


def pools(body: str, *flows: str, more: str = "") -> str:
    """Return a collaboration of the pools P and Q, whose process has the task z, and R, empty."""
    return (
        '<collaboration id="c"><participant id="P" processRef="p"/>'
        f'<participant id="Q" processRef="q"/><participant id="R"/>{"".join(flows)}{more}'
        "</collaboration>" + process(body) + process(OTHER, "q") + '<message id="m" name="m"/>'
    )


def message(source: str, target: str) -> str:
    """Return the message flow x."""
    return f'<messageFlow id="x" sourceRef="{source}" targetRef="{target}"/>'


def to(kind: str) -> str:
    """Return a document with a message flow from the other pool to an element of this kind."""
    return pools(KINDS[kind], message("z", "n"))


def out_of(kind: str) -> str:
    """Return a document with a message flow from an element of this kind to the other pool."""
    return pools(KINDS[kind], message("n", "z"))


def no_target(kind: str, severity: object) -> Sentence:
    """Return the sentence that nothing sends a message to this kind."""
    return Sentence(
        f"No message flow leads to an element of the kind {kind}",
        "7.6.2",
        "message-flow-kind",
        severity,  # type: ignore[arg-type]
        "x",
        to(kind),
        to("task"),
    )


def no_source(kind: str, severity: object) -> Sentence:
    """Return the sentence that this kind sends no message."""
    return Sentence(
        f"No message flow leaves an element of the kind {kind}",
        "7.6.2",
        "message-flow-kind",
        severity,  # type: ignore[arg-type]
        "x",
        out_of(kind),
        out_of("task"),
    )


def untriggered(tag: str, *, sends: bool) -> Sentence:
    """Return the sentence that an event at a message flow is a message event."""
    ends = ("n", "z") if sends else ("z", "n")
    return Sentence(
        f"An event at a message flow has a message trigger: {tag}",
        "10.5",
        "message-flow-without-message",
        DRAFT,
        "n",
        pools(KINDS[tag].replace(MESSAGE, "<signalEventDefinition/>"), message(*ends)),
        pools(KINDS[tag], message(*ends)),
    )


def multiplicity(sentence: str, wrong: str, right: str) -> Sentence:
    """Return a sentence about the numbers of participants."""
    more = '<participant id="S"><participantMultiplicity id="x" {}/></participant>'
    return Sentence(
        sentence,
        "9.3",
        "participant-multiplicity",
        ERROR,
        "x",
        pools(TASK, more=more.format(wrong)),
        pools(TASK, more=more.format(right)),
    )


NOTHING = ("exclusiveGateway", "eventBasedGateway", "textAnnotation", "dataObjectReference")
COLLABORATION = [
    *(no_target(kind, ERROR) for kind in (*NOTHING, "lane", "sequenceFlow")),
    *(no_source(kind, ERROR) for kind in (*NOTHING, "lane", "sequenceFlow")),
    no_target("endEvent", DRAFT),
    no_target("intermediateThrowEvent", DRAFT),
    no_source("startEvent", DRAFT),
    no_source("intermediateCatchEvent", DRAFT),
    no_source("boundaryEvent", DRAFT),
    untriggered("startEvent", sends=False),
    untriggered("intermediateCatchEvent", sends=False),
    untriggered("boundaryEvent", sends=False),
    untriggered("endEvent", sends=True),
    untriggered("intermediateThrowEvent", sends=True),
    Sentence(
        "A send task receives no message",
        "10.3.3",
        "message-flow-of-wrong-task",
        DRAFT,
        "x",
        to("sendTask"),
        out_of("sendTask"),
    ),
    Sentence(
        "A receive task sends no message",
        "10.3.3",
        "message-flow-of-wrong-task",
        DRAFT,
        "x",
        out_of("receiveTask"),
        to("receiveTask"),
    ),
    Sentence(
        "A message flow connects two pools, not two elements of one",
        "7.6.2",
        "message-flow-in-one-pool",
        DRAFT,
        "x",
        pools(TASK + KINDS["task"], message("a", "n")),
        pools(TASK, message("a", "z")),
    ),
    Sentence(
        "A message flow does not connect a pool with its own elements",
        "9.4",
        "message-flow-in-one-pool",
        DRAFT,
        "x",
        pools(TASK, message("P", "a")),
        pools(TASK, message("R", "a")),
    ),
    Sentence(
        "A message flow does not connect a pool with itself",
        "9.4",
        "message-flow-in-one-pool",
        DRAFT,
        "x",
        pools(TASK, message("R", "R")),
        pools(TASK, message("R", "P")),
    ),
    Sentence(
        "A message flow has a source that exists",
        "9.4",
        "message-flow-end",
        DRAFT,
        "x",
        pools(TASK, message("gone", "a")),
        pools(TASK, message("z", "a")),
    ),
    Sentence(
        "A message flow has a target",
        "9.4",
        "message-flow-end",
        DRAFT,
        "x",
        pools(TASK, '<messageFlow id="x" sourceRef="a"/>'),
        pools(TASK, message("a", "R")),
    ),
    Sentence(
        "Each participant has a process of its own",
        "9.3",
        "participants-share-process",
        WARNING,
        "S",
        pools(TASK, more='<participant id="S" processRef="p"/>'),
        pools(TASK, more='<participant id="S"/>'),
    ),
    Sentence(
        "The process of a participant exists",
        "9.3",
        "reference-to-nothing",
        WARNING,
        "S",
        pools(TASK, more='<participant id="S" processRef="gone"/>'),
        pools(TASK, more='<participant id="S"/>'),
    ),
    multiplicity("There are at least no participants", 'minimum="-1"', 'minimum="0"'),
    multiplicity("There is at most one participant or more", 'maximum="0"', 'maximum="1"'),
    multiplicity(
        "There are not more participants at least than at most",
        'minimum="3" maximum="2"',
        'minimum="2" maximum="2"',
    ),
    multiplicity("The number of participants is a number", 'maximum="many"', 'maximum="9"'),
    Sentence(
        "A process holds no choreography task",
        "11.5",
        "choreography-in-process",
        ERROR,
        "x",
        process(START + '<choreographyTask id="x"/>'),
        '<choreography><choreographyTask id="x"/></choreography>',
    ),
    Sentence(
        "A sub-process calls no choreography",
        "11.5",
        "choreography-in-process",
        ERROR,
        "x",
        process('<subProcess id="b"><callChoreography id="x"/></subProcess>'),
        '<choreography><callChoreography id="x"/></choreography>',
    ),
    Sentence(
        "A choreography holds no task of a process",
        "11.1",
        "choreography-in-process",
        ERROR,
        "x",
        '<choreography><userTask id="x"/></choreography>',
        process('<userTask id="x"/>'),
    ),
    Sentence(
        "A global conversation refers to no choreography",
        "9.5",
        "global-conversation-choreography",
        WARNING,
        "x",
        '<globalConversation id="x"><choreographyRef>k</choreographyRef></globalConversation>'
        '<choreography id="k"/>',
        '<collaboration id="x"><choreographyRef>k</choreographyRef></collaboration>'
        '<choreography id="k"/>',
    ),
    Sentence(
        "A document with a choreography alone is a drawing",
        "11.1",
        "nothing-to-run",
        DRAFT,
        "defs",
        '<choreography id="k"><choreographyTask id="x"/></choreography>',
        process(START),
    ),
]
every = pytest.mark.parametrize("one", COLLABORATION, ids=[one.sentence for one in COLLABORATION])


@every
def test_a_document_that_breaks_it_has_the_problem_at_the_element(one: Sentence) -> None:
    assert found_by(one.rule, one.wrong) == [(one.at, one.severity)]


@every
def test_a_document_that_keeps_it_has_no_such_problem(one: Sentence) -> None:
    assert found_by(one.rule, one.right) == []


@pytest.mark.parametrize(
    "kind", ["task", "subProcess", "callActivity", "receiveTask", "startEvent"]
)
def test_what_can_receive_is_no_problem(kind: str) -> None:
    assert [one for one in RULES if found_by(one, to(kind))] == []


@pytest.mark.parametrize("kind", ["task", "subProcess", "sendTask", "endEvent"])
def test_what_can_send_is_no_problem(kind: str) -> None:
    assert [one for one in RULES if found_by(one, out_of(kind))] == []


RULES = (
    "message-flow-end",
    "message-flow-in-one-pool",
    "message-flow-kind",
    "message-flow-of-wrong-task",
    "message-flow-without-message",
)
