"""Start and end events, and what their triggers may be."""

from __future__ import annotations

from tests.engine.bpmn.rules.constraints.writing import (
    DRAFT,
    END,
    ERROR,
    INFO,
    PLAIN,
    START,
    TASK,
    Constraint,
    event,
    sub,
    timer,
)

BY_EVENT = 'triggeredByEvent="true"'


def started_by(trigger: str, attributes: str = "") -> str:
    """Return an event sub-process whose start event has that trigger."""
    return sub("sub", event("startEvent", "t", trigger, attributes) + '<task id="b"/>', BY_EVENT)


def calling(start: str) -> str:
    """Return a process ``q`` that begins with ``start``."""
    return f'<process id="q">{start}</process>'


REMARKED = '<task id="b"/><textAnnotation id="n"/><association id="x" sourceRef="n" targetRef="b"/>'
#: Triggers that a start event of a process, of an event sub-process, and an end event never have.
DRAWN = ("message", "timer", "signal", "conditional", "error", "escalation", "compensate")
NO_START = (*DRAWN[4:], "cancel", "terminate", "link")
NO_START_INSIDE = ("cancel", "terminate", "link")
NO_END = ("timer", "conditional", "link")

STARTS_AND_ENDS = [
    *(
        Constraint(
            f"A process is not started by the trigger '{trigger}'",
            "10.5.2",
            "misplaced-trigger",
            DRAFT if trigger in DRAWN else ERROR,
            "t",
            (event("startEvent", "t", trigger) + TASK, "t a"),
            (START + TASK, "s a"),
        )
        for trigger in NO_START
    ),
    *(
        Constraint(
            f"An event sub-process is not started by the trigger '{trigger}'",
            "10.5.2",
            "misplaced-trigger",
            ERROR,
            "t",
            (PLAIN + started_by(trigger), "s a e", "t b"),
            (PLAIN + started_by("timer"), "s a e", "t b"),
        )
        for trigger in NO_START_INSIDE
    ),
    *(
        Constraint(
            f"A sub-process is not started by the trigger '{trigger}'",
            "10.5.2",
            "misplaced-trigger",
            DRAFT if trigger in DRAWN else ERROR,
            "t",
            (PLAIN + sub("b", event("startEvent", "t", trigger)), "s a b e"),
            (PLAIN + sub("b", event("startEvent", "t")), "s a b e"),
        )
        for trigger in (*DRAWN[:4], *NO_START)
    ),
    *(
        Constraint(
            f"An end event does not have the trigger '{trigger}'",
            "10.5.3",
            "misplaced-trigger",
            ERROR,
            "x",
            (START + TASK + event("endEvent", "x", trigger), "s a x"),
            (START + TASK + event("endEvent", "x", "terminate"), "s a x"),
        )
        for trigger in NO_END
    ),
    Constraint(
        "A start event that shares a definition follows the same table",
        "10.5.2",
        "misplaced-trigger",
        DRAFT,
        "t",
        ('<startEvent id="t"><eventDefinitionRef>d</eventDefinitionRef></startEvent>',),
        (START + TASK, "s a"),
        beside='<errorEventDefinition id="d"/>',
    ),
    Constraint(
        "An event sub-process has a start event",
        "10.3.5",
        "event-sub-process-start",
        DRAFT,
        "sub",
        (PLAIN + sub("sub", '<task id="b"/>', BY_EVENT), "s a e"),
        (PLAIN + started_by("timer"), "s a e"),
    ),
    Constraint(
        "An event sub-process has no second start event",
        "10.3.5",
        "event-sub-process-start",
        DRAFT,
        "sub",
        (
            PLAIN
            + sub("sub", timer("startEvent", "t") + event("startEvent", "u", "error"), BY_EVENT),
            "s a e",
        ),
        (PLAIN + started_by("timer"), "s a e"),
    ),
    Constraint(
        "The start event of an event sub-process has a trigger",
        "10.5.2",
        "event-sub-process-start",
        DRAFT,
        "sub",
        (PLAIN + started_by(""), "s a e", "t b"),
        (PLAIN + started_by("timer"), "s a e", "t b"),
    ),
    *(
        Constraint(
            f"An event sub-process started by '{trigger}' interrupts",
            "10.5.2",
            "non-interrupting-trigger",
            ERROR,
            "t",
            (PLAIN + started_by(trigger, 'isInterrupting="false"'), "s a e", "t b"),
            (PLAIN + started_by(trigger), "s a e", "t b"),
        )
        for trigger in ("error", "compensate")
    ),
    Constraint(
        "Only the start of an event sub-process can be without interruption",
        "10.5.2",
        "interrupting-without-effect",
        INFO,
        "t",
        (event("startEvent", "t", attributes='isInterrupting="false"') + TASK, "t a"),
        (PLAIN + started_by("timer", 'isInterrupting="0"'), "s a e", "t b"),
    ),
    Constraint(
        "A start event is the source of a sequence flow",
        "10.5.2",
        "start-event-leads-nowhere",
        DRAFT,
        "s",
        (PLAIN, "a e"),
        (PLAIN, "s a e"),
    ),
    Constraint(
        "An end event is the target of a sequence flow",
        "10.5.3",
        "unreachable",
        DRAFT,
        "e",
        (PLAIN, "s a"),
        (PLAIN, "s a e"),
    ),
    Constraint(
        "Beside a start event every element has an incoming flow",
        "10.5.2",
        "unreachable",
        DRAFT,
        "b",
        (PLAIN + '<task id="b"/>', "s a e", "b e"),
        (PLAIN + '<task id="b"/>', "s a b e"),
    ),
    Constraint(
        "A remark at an element is no flow to it",
        "8.4.1",
        "unreachable",
        DRAFT,
        "b",
        (PLAIN + REMARKED, "s a e", "b e"),
        (PLAIN + REMARKED, "s a b e"),
    ),
    Constraint(
        "With a start event there is an end event",
        "10.5.3",
        "start-or-end-missing",
        INFO,
        "p",
        (START + TASK, "s a"),
        (TASK,),
    ),
    Constraint(
        "With an end event there is a start event",
        "10.5.2",
        "start-or-end-missing",
        INFO,
        "p",
        (TASK + END, "a e"),
        (PLAIN, "s a e"),
    ),
    Constraint(
        "A cancel end event stands in a transaction",
        "10.5.3",
        "cancel-outside-transaction",
        ERROR,
        "c",
        (PLAIN + sub("b", event("endEvent", "c", "cancel")), "s a b e"),
        (PLAIN + sub("b", event("endEvent", "c", "cancel"), tag="transaction"), "s a b e"),
    ),
    Constraint(
        "A process is not cancelled",
        "10.5.3",
        "cancel-outside-transaction",
        ERROR,
        "c",
        (START + TASK + event("endEvent", "c", "cancel"), "s a c"),
        (
            PLAIN + sub("b", sub("i", event("endEvent", "c", "cancel")), tag="transaction"),
            "s a b e",
        ),
    ),
    Constraint(
        "A called process has a start event without a trigger",
        "10.5.2",
        "called-process-without-plain-start",
        DRAFT,
        "c",
        (PLAIN + '<callActivity id="c" calledElement="q"/>', "s a c e"),
        (PLAIN + '<callActivity id="c" calledElement="r"/>', "s a c e"),
        beside=calling(timer("startEvent", "t")) + '<process id="r"><startEvent id="m"/></process>',
    ),
    Constraint(
        "A message that starts a process is named",
        "10.5.5",
        "trigger-missing",
        DRAFT,
        "t",
        (event("startEvent", "t", "message") + TASK, "t a"),
        (PLAIN, "s a e"),
    ),
    *(
        Constraint(
            f"What an end event throws as '{trigger}' is named",
            "10.5.5",
            "trigger-missing",
            DRAFT,
            "x",
            (START + TASK + event("endEvent", "x", trigger), "s a x"),
            (START + TASK + event("endEvent", "x", "terminate"), "s a x"),
        )
        for trigger in ("message", "signal", "error", "escalation")
    ),
]
