"""Intermediate events, and what is thrown and caught."""

from __future__ import annotations

from tests.engine.bpmn.rules.constraints.writing import (
    DRAFT,
    ERROR,
    PLAIN,
    START,
    TASK,
    WARNING,
    Constraint,
    event,
    sub,
    timer,
)

NO_CATCH = ("error", "escalation", "compensate", "cancel", "terminate")
NO_THROW = ("timer", "conditional", "error", "cancel", "terminate")
CATCH, THROW = "intermediateCatchEvent", "intermediateThrowEvent"
MULTIPLE = '<{0} id="x"><cancelEventDefinition/><terminateEventDefinition/></{0}>'
LOST = '<task id="b"/>'
TWICE = '<error id="r1" {}/><error id="r2" {}/>'
ONE = '<errorEventDefinition errorRef="r1"/>'
THROWN = START + TASK + '<endEvent id="x"><{0}EventDefinition {0}Ref="r"/></endEvent>'


def caught_in(*codes: str) -> str:
    """Return event sub-processes that catch these declared errors."""
    return "".join(
        sub(
            f"sub{place}",
            f'<startEvent id="t{place}"><errorEventDefinition errorRef="{code}"/></startEvent>'
            f'<task id="b{place}"/>',
            'triggeredByEvent="true"',
        )
        for place, code in enumerate(codes)
    )


def undo(name: str) -> str:
    """Return a throwing event ``c`` that undoes one activity."""
    definition = f'<compensateEventDefinition activityRef="{name}"/>'
    return f'<intermediateThrowEvent id="c">{definition}</intermediateThrowEvent>'


UNDONE = (
    '<boundaryEvent id="x" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
    '<task id="u" isForCompensation="true"/><association id="l" sourceRef="x" targetRef="u"/>'
)

EVENTS = [
    *(
        Constraint(
            f"An event in the flow does not catch '{trigger}'",
            "10.5.4",
            "misplaced-trigger",
            ERROR if trigger == "terminate" else DRAFT,
            "x",
            (PLAIN + event(CATCH, "x", trigger), "s a x e"),
            (PLAIN + timer(CATCH, "x"), "s a x e"),
        )
        for trigger in NO_CATCH
    ),
    *(
        Constraint(
            f"An intermediate event does not throw '{trigger}'",
            "10.5.4",
            "misplaced-trigger",
            ERROR,
            "x",
            (PLAIN + event(THROW, "x", trigger), "s a x e"),
            (PLAIN + event(THROW, "x", "signal"), "s a x e"),
        )
        for trigger in NO_THROW
    ),
    Constraint(
        "A catching event has a trigger",
        "10.5.4",
        "trigger-missing",
        DRAFT,
        "x",
        (PLAIN + event(CATCH, "x"), "s a x e"),
        (PLAIN + timer(CATCH, "x"), "s a x e"),
    ),
    *(
        Constraint(
            f"An event of several triggers names them: {tag}",
            "10.5.5",
            "multiple-without-triggers",
            DRAFT,
            "x",
            (PLAIN + MULTIPLE.format(tag), "s a e", "a x", "x e"),
            (PLAIN + timer(CATCH, "x"), "s a x e"),
        )
        for tag in ("startEvent", CATCH, THROW, "endEvent")
    ),
    Constraint(
        "A timer has a time",
        "10.5.5",
        "trigger-missing",
        DRAFT,
        "x",
        (PLAIN + event(CATCH, "x", "timer"), "s a x e"),
        (PLAIN + timer(CATCH, "x"), "s a x e"),
    ),
    Constraint(
        "A conditional event has a condition",
        "10.5.5",
        "trigger-missing",
        DRAFT,
        "x",
        (PLAIN + event(CATCH, "x", "conditional"), "s a x e"),
        (PLAIN + timer(CATCH, "x"), "s a x e"),
    ),
    Constraint(
        "A catching event is the target of a sequence flow",
        "10.5.4",
        "unreachable",
        DRAFT,
        "x",
        (PLAIN + timer(CATCH, "x"), "s a e", "x e"),
        (PLAIN + timer(CATCH, "x"), "s a x e"),
    ),
    Constraint(
        "A throwing event is the target of a sequence flow",
        "10.5.4",
        "unreachable",
        DRAFT,
        "x",
        (PLAIN + event(THROW, "x"), "s a e", "x e"),
        (PLAIN + event(THROW, "x"), "s a x e"),
    ),
    Constraint(
        "A catching event is the source of a sequence flow",
        "10.5.4",
        "outgoing-missing",
        DRAFT,
        "x",
        (PLAIN + timer(CATCH, "x"), "s a e", "a x"),
        (PLAIN + timer(CATCH, "x"), "s a x e"),
    ),
    Constraint(
        "A throwing event is the source of a sequence flow",
        "10.5.4",
        "outgoing-missing",
        DRAFT,
        "x",
        (PLAIN + event(THROW, "x"), "s a e", "a x"),
        (START + TASK + event(THROW, "x"), "s a x"),  # paths end by themselves here
    ),
    Constraint(
        "What is reached only by what nothing reaches never runs",
        "10.5.2",
        "unreachable",
        WARNING,
        "b",
        (PLAIN + LOST, "s a e", "b b"),
        (PLAIN + LOST, "s a b e"),
    ),
    Constraint(
        "An event that waits for all of its triggers has several",
        "10.5.1",
        "parallel-multiple",
        WARNING,
        "x",
        (PLAIN + timer(CATCH, "x", 'parallelMultiple="true"'), "s a x e"),
        (PLAIN + timer(CATCH, "x", 'parallelMultiple="false"'), "s a x e"),
    ),
    Constraint(
        "An implicit throw event is no element of the flow",
        "10.5.4",
        "implicit-throw-event",
        ERROR,
        "x",
        (PLAIN + '<implicitThrowEvent id="x"/>', "s a x e"),
        (PLAIN + event(THROW, "x"), "s a x e"),
    ),
    *(
        Constraint(
            f"A thrown {word} has a code",
            "8.4.3" if word == "error" else "8.4.4",
            "code-missing",
            DRAFT,
            "r",
            (THROWN.format(word), "s a x"),
            (PLAIN, "s a e"),
            beside=f'<{word} id="r"/>',
        )
        for word in ("error", "escalation")
    ),
    Constraint(
        "A name stands for the code of an error",
        "8.4.3",
        "code-missing",
        WARNING,
        "r",
        (THROWN.format("error"), "s a x"),
        (PLAIN, "s a e"),
        beside='<error id="r" name="Refused"/>',
    ),
    Constraint(
        "Two errors have two codes",
        "8.4.3",
        "same-code",
        WARNING,
        "again",
        (PLAIN + '<error id="again" errorCode="7"/>', "s a e"),
        (PLAIN, "s a e"),
        beside='<error id="r1" errorCode="7"/>',
    ),
    Constraint(
        "Two escalations have two codes",
        "8.4.4",
        "same-code",
        WARNING,
        "again",
        (PLAIN + '<escalation id="again" escalationCode="7"/>', "s a e"),
        (PLAIN, "s a e"),
        beside='<escalation id="r1" escalationCode="7"/>',
    ),
    Constraint(
        "An error is caught by one event sub-process of a scope",
        "10.5.6",
        "caught-twice",
        DRAFT,
        "t1",
        (PLAIN + caught_in("r1", "r1"), "s a e", "t0 b0", "t1 b1"),
        (PLAIN + caught_in("r1", "r2"), "s a e", "t0 b0", "t1 b1"),
        beside=TWICE.format('errorCode="1"', 'errorCode="2"'),
    ),
    Constraint(
        "What is undone is an activity of the file",
        "10.5.5",
        "compensation-target",
        DRAFT,
        "c",
        (PLAIN + undo("gone"), "s a c e"),
        (PLAIN + UNDONE + undo("a"), "s a c e"),
    ),
    Constraint(
        "What is undone is an activity",
        "10.5.5",
        "compensation-target",
        DRAFT,
        "c",
        (PLAIN + undo("s"), "s a c e"),
        (PLAIN + sub("b", TASK.replace('"a"', '"i"')) + undo("b"), "s a b c e"),
    ),
    Constraint(
        "What is undone stands in the scope of the event",
        "10.7.2",
        "compensation-target",
        DRAFT,
        "c",
        (PLAIN + sub("b", '<task id="i"/>') + undo("i"), "s a b c e"),
        (
            PLAIN
            + UNDONE
            + sub("b", timer("startEvent", "t") + undo("a"), 'triggeredByEvent="true"'),
            "s a e",
            "t c",
        ),
    ),
    Constraint(
        "What is undone has a compensation activity",
        "10.7.2",
        "compensation-target",
        WARNING,
        "c",
        (PLAIN + undo("a"), "s a c e"),
        (PLAIN + UNDONE + undo("a"), "s a c e"),
    ),
]
