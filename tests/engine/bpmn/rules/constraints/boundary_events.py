"""Boundary events and compensation activities."""

from __future__ import annotations

from tests.engine.bpmn.rules.constraints.writing import (
    DRAFT,
    END,
    ERROR,
    PLAIN,
    START,
    WARNING,
    Constraint,
    event,
    sub,
    timer,
)

ON_A = 'attachedToRef="a"'
STILL = ON_A + ' cancelActivity="false"'
CAUGHT = '<boundaryEvent id="{}" attachedToRef="a"><errorEventDefinition {}/></boundaryEvent>'
OPEN = event("boundaryEvent", "x", "compensate", ON_A)
UNDO = '<task id="u" isForCompensation="true"/>'
LED = '<association id="l" sourceRef="x" targetRef="u"/>'
GOOD = (PLAIN + OPEN + UNDO + LED, "s a e")


def bounded(trigger: str, attributes: str = ON_A) -> tuple[str, ...]:
    """Return a task with a boundary event that leads on."""
    return PLAIN + event("boundaryEvent", "x", trigger, attributes), "s a e", "x e"


BOUNDARY_EVENTS = [
    *(
        Constraint(
            f"A boundary event does not have the trigger '{trigger}'",
            "10.5.4",
            "misplaced-trigger",
            ERROR,
            "x",
            bounded(trigger),
            bounded("error"),
        )
        for trigger in ("link", "terminate")
    ),
    Constraint(
        "A boundary event is attached to something",
        "10.5.4",
        "boundary-without-host",
        ERROR,
        "x",
        bounded("timer", ""),
        bounded("timer"),
    ),
    *(
        Constraint(
            f"A boundary event is not attached to {what}",
            "10.5.4",
            "boundary-without-host",
            ERROR,
            "x",
            bounded("timer", f'attachedToRef="{host}"'),
            bounded("timer"),
        )
        for what, host in (("an event", "s"), ("what is not in the file", "gone"))
    ),
    Constraint(
        "A boundary event is not attached to a gateway",
        "10.5.4",
        "boundary-without-host",
        ERROR,
        "x",
        (
            PLAIN + '<exclusiveGateway id="g"/>' + timer("boundaryEvent", "x", 'attachedToRef="g"'),
            "s a g e",
            "x e",
        ),
        bounded("timer"),
    ),
    Constraint(
        "A boundary event has a trigger",
        "10.5.4",
        "trigger-missing",
        DRAFT,
        "x",
        bounded("message"),
        bounded("error"),
    ),
    *(
        Constraint(
            f"A boundary event that catches '{trigger}' interrupts",
            "10.5.4",
            "non-interrupting-trigger",
            severity,
            "x",
            bounded(trigger, STILL),
            bounded("timer"),
        )
        for trigger, severity in (("error", ERROR), ("cancel", ERROR), ("compensate", DRAFT))
    ),
    Constraint(
        "A cancel boundary event is attached to a transaction",
        "10.5.4",
        "cancel-outside-transaction",
        ERROR,
        "x",
        bounded("cancel"),
        (
            START
            + sub("a", "<task id='i'/>", tag="transaction")
            + event("boundaryEvent", "x", "cancel", ON_A)
            + END,
            "s a e",
            "x e",
        ),
    ),
    Constraint(
        "A boundary event is the source of a sequence flow",
        "10.5.4",
        "outgoing-missing",
        DRAFT,
        "x",
        bounded("error")[:2],
        bounded("error"),
    ),
    Constraint(
        "A boundary event is not attached to an event sub-process",
        "10.5.4",
        "boundary-on-event-sub-process",
        ERROR,
        "x",
        (
            PLAIN
            + sub("b", timer("startEvent", "t") + "<task id='i'/>", 'triggeredByEvent="true"')
            + timer("boundaryEvent", "x", 'attachedToRef="b"'),
            "s a e",
            "t i",
            "x e",
        ),
        bounded("timer"),
    ),
    Constraint(
        "An error is caught once at an activity",
        "10.5.6",
        "caught-twice",
        DRAFT,
        "y",
        (PLAIN + CAUGHT.format("x", "") + CAUGHT.format("y", ""), "s a e", "x e", "y e"),
        (
            PLAIN + CAUGHT.format("x", "") + CAUGHT.format("y", 'errorRef="r"'),
            "s a e",
            "x e",
            "y e",
        ),
        beside='<error id="r" errorCode="1"/>',
    ),
    Constraint(
        "A compensation event has no outgoing sequence flow",
        "10.5.4",
        "compensation-boundary",
        DRAFT,
        "x",
        (PLAIN + OPEN + UNDO + LED, "s a e", "x e"),
        GOOD,
    ),
    Constraint(
        "A compensation event leads to an activity",
        "10.7.1",
        "compensation-without-handler",
        DRAFT,
        "x",
        (PLAIN + OPEN, "s a e"),
        GOOD,
    ),
    Constraint(
        "What a compensation event leads to is a compensation activity",
        "10.7.1",
        "compensation-boundary",
        WARNING,
        "u",
        (PLAIN + OPEN + '<task id="u"/>' + LED, "s a e"),
        GOOD,
    ),
    Constraint(
        "A compensation activity has no incoming sequence flow",
        "10.7.1",
        "compensation-activity",
        DRAFT,
        "u",
        (PLAIN + OPEN + UNDO + LED, "s a e", "a u"),
        GOOD,
    ),
    Constraint(
        "A compensation activity has no outgoing sequence flow",
        "10.7.1",
        "compensation-activity",
        DRAFT,
        "u",
        (PLAIN + OPEN + UNDO + LED, "s a e", "u e"),
        GOOD,
    ),
    Constraint(
        "A compensation activity has no boundary events",
        "10.7.1",
        "compensation-activity",
        DRAFT,
        "u",
        (
            PLAIN + OPEN + UNDO + LED + timer("boundaryEvent", "y", 'attachedToRef="u"'),
            "s a e",
            "y e",
        ),
        GOOD,
    ),
    Constraint(
        "A compensation event leads to a compensation activity",
        "10.7.1",
        "compensation-activity",
        WARNING,
        "u",
        (PLAIN + UNDO, "s a e"),
        GOOD,
    ),
]
