"""What participants say to each other: conversations, messages of flows, correlation."""

from __future__ import annotations

import pytest

from tests.engine.bpmn.rules.documents import (
    DRAFT,
    WARNING,
    Sentence,
    found_by,
    process,
)

MESSAGES = '<message id="m" name="m"/><message id="n" name="n"/>'
SENDING = '<endEvent id="e"><messageEventDefinition messageRef="m"/></endEvent>'


def talk(inside: str) -> str:
    """Return a collaboration of A and B with the conversation k."""
    return (
        '<collaboration><participant id="A"/><participant id="B"/>'
        '<conversation id="k"><participantRef>A</participantRef><participantRef>B</participantRef>'
        f"</conversation>{inside}</collaboration>"
    )


def link(source: str, target: str) -> str:
    """Return the conversation link x."""
    return talk(f'<conversationLink id="x" sourceRef="{source}" targetRef="{target}"/>')


def step(*names: str, first: str = "A") -> str:
    """Return a choreography of A, B and C with the task x."""
    refs = "".join(f"<participantRef>{name}</participantRef>" for name in names)
    return (
        '<choreography><participant id="A"/><participant id="B"/><participant id="C"/>'
        f'<choreographyTask id="x" initiatingParticipantRef="{first}">{refs}</choreographyTask>'
        "</choreography>"
    )


def carried(body: str, name: str, source: str, target: str) -> str:
    """Return a document with the message flow x, which carries a message."""
    flow = f'<messageFlow id="x" messageRef="{name}" sourceRef="{source}" targetRef="{target}"/>'
    pools = f'<participant id="P" processRef="p"/><participant id="R"/>{flow}'
    return f"<collaboration>{pools}</collaboration>{process(body)}{MESSAGES}"


def subscribed(*bound: str) -> str:
    """Return a document whose key has the properties c and d, with a subscription x."""
    value = '<correlationPropertyRetrievalExpression messageRef="m"><messagePath>a</messagePath>'
    ends = "</correlationPropertyRetrievalExpression></correlationProperty>"
    properties = "".join(f'<correlationProperty id="{one}">{value}{ends}' for one in "cde")
    refs = "".join(f"<correlationPropertyRef>{one}</correlationPropertyRef>" for one in "cd")
    bindings = "".join(
        f'<correlationPropertyBinding correlationPropertyRef="{one}"><dataPath>v</dataPath>'
        "</correlationPropertyBinding>"
        for one in bound
    )
    return (
        f'<collaboration><correlationKey id="k">{refs}</correlationKey></collaboration>{properties}'
        + process(
            f'<startEvent id="s"/><correlationSubscription id="x" correlationKeyRef="k">{bindings}'
            "</correlationSubscription>"
        )
        + MESSAGES
    )


TALKING = [
    Sentence(
        "A conversation link connects no two participants",
        "9.5",
        "conversation-link-ends",
        WARNING,
        "x",
        link("A", "B"),
        link("A", "k"),
    ),
    Sentence(
        "A conversation link connects no two conversations",
        "9.5",
        "conversation-link-ends",
        WARNING,
        "x",
        link("k", "k"),
        link("k", "B"),
    ),
    Sentence(
        "A conversation has at least two participants",
        "9.5",
        "conversation-participants",
        WARNING,
        "x",
        talk('<conversation id="x"><participantRef>A</participantRef></conversation>'),
        talk(""),
    ),
    Sentence(
        "A choreography task has two participants",
        "11.5.1",
        "conversation-participants",
        WARNING,
        "x",
        step("A"),
        step("A", "B"),
    ),
    Sentence(
        "A choreography task begins with one of its participants",
        "11.5.1",
        "conversation-participants",
        WARNING,
        "x",
        step("A", "B", first="C"),
        step("A", "B", first="B"),
    ),
    Sentence(
        "A message flow carries what its source sends",
        "9.4",
        "message-flow-disagrees",
        WARNING,
        "x",
        carried(SENDING, "n", "e", "R"),
        carried(SENDING, "m", "e", "R"),
    ),
    Sentence(
        "A message flow carries what its target waits for",
        "9.4",
        "message-flow-disagrees",
        WARNING,
        "x",
        carried('<receiveTask id="a" messageRef="m"/>', "n", "R", "a"),
        carried('<receiveTask id="a" messageRef="m"/>', "m", "R", "a"),
    ),
    Sentence(
        "A subscription binds each property of its key",
        "8.4.2",
        "correlation-bindings",
        DRAFT,
        "x",
        subscribed("c"),
        subscribed("c", "d"),
    ),
    Sentence(
        "A subscription binds no property of another key",
        "8.4.2",
        "correlation-bindings",
        DRAFT,
        "x",
        subscribed("c", "d", "e"),
        subscribed("d", "c"),
    ),
]
every = pytest.mark.parametrize("one", TALKING, ids=[one.sentence for one in TALKING])


@every
def test_a_document_that_breaks_it_has_the_problem_at_the_element(one: Sentence) -> None:
    assert found_by(one.rule, one.wrong) == [(one.at, one.severity)]


@every
def test_a_document_that_keeps_it_has_no_such_problem(one: Sentence) -> None:
    assert found_by(one.rule, one.right) == []
