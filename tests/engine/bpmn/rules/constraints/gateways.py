"""Gateways."""

from __future__ import annotations

from tests.engine.bpmn.rules.constraints.writing import (
    DRAFT,
    END,
    ERROR,
    INFO,
    PLAIN,
    START,
    TASK,
    WARNING,
    Constraint,
    event,
    sub,
    timer,
    when,
)

CATCH = "intermediateCatchEvent"
KINDS = ("exclusive", "inclusive", "parallel", "complex", "eventBased")
WAIT, OTHER = timer(CATCH, "t"), timer(CATCH, "v")
RACE = START + '<eventBasedGateway id="g" {}/>' + WAIT + OTHER + END
RACED = ("s g t e", "g v e")
RECEIVE = '<receiveTask id="r" messageRef="m"/>'
HEARD = f'<{CATCH} id="h"><messageEventDefinition messageRef="m"/></{CATCH}>'
FIRST = '<eventBasedGateway id="g" instantiate="true" {}/>' + HEARD + END
BRANCHES = START + '<{0}Gateway id="g" {1}/>' + TASK + '<task id="b"/>' + END
JOIN = START + TASK + '<task id="b"/><{0}Gateway id="g">{1}</{0}Gateway>' + END
JOINED = ("s a g e", "s b g")
MESSAGE = '<message id="m" name="m"/>'
TWO = "<activationCondition>activationCount == 2</activationCondition>"
GATE = PLAIN + '<exclusiveGateway id="g" {}/>'


def direction(value: str) -> str:
    """Return the attribute."""
    return f'gatewayDirection="{value}"'


GATEWAYS = [
    *(
        Constraint(
            f"A flow leaves the {kind} gateway",
            "10.6.1",
            "outgoing-missing",
            DRAFT,
            "g",
            (PLAIN + f'<{kind}Gateway id="g"/>', "s a e", "a g"),
            (PLAIN + f'<{kind}Gateway id="g"/>', "s a g e"),
        )
        for kind in KINDS
    ),
    *(
        Constraint(
            f"A flow leads to the {kind} gateway",
            "10.6.1",
            "unreachable",
            DRAFT,
            "g",
            (PLAIN + f'<{kind}Gateway id="g"/>', "s a e", "g e"),
            (PLAIN + f'<{kind}Gateway id="g"/>', "s a g e"),
        )
        for kind in KINDS
    ),
    Constraint(
        "A gateway splits or joins",
        "10.6.1",
        "gateway-without-effect",
        INFO,
        "g",
        (GATE.format(""), "s a g e"),
        (GATE.format(""), "s a g e", "g a"),
    ),
    Constraint(
        "A converging gateway has one way out",
        "8.4.9",
        "gateway-direction",
        WARNING,
        "g",
        (BRANCHES.format("parallel", direction("Converging")), "s g a e", "g b e"),
        (JOIN.format("parallel", ""), *JOINED),
    ),
    Constraint(
        "A diverging gateway has one way in",
        "8.4.9",
        "gateway-direction",
        WARNING,
        "g",
        (GATE.format(direction("Diverging")), "s a g e", "s g a"),
        (GATE.format(direction("Diverging")), "s g a e", "g e"),
    ),
    Constraint(
        "A mixed gateway splits and joins",
        "8.4.9",
        "gateway-direction",
        WARNING,
        "g",
        (GATE.format(direction("Mixed")), "s g a e"),
        (GATE.format(direction("Mixed")), "s g a e", "a g e"),
    ),
    Constraint(
        "The direction of a gateway may be left open",
        "8.4.9",
        "gateway-direction",
        WARNING,
        "g",
        (GATE.format(direction("Converging")), "s a g e"),
        (GATE.format(direction("Unspecified")), "s a g e"),
    ),
    Constraint(
        "A deciding gateway knows when each flow is taken",
        "10.6.2",
        "gateway-without-condition",
        DRAFT,
        "g-b",
        (BRANCHES.format("exclusive", "") + when("f", "g", "a"), "s g b"),
        (BRANCHES.format("exclusive", 'default="g-b"') + when("f", "g", "a"), "s g b"),
    ),
    Constraint(
        "An inclusive gateway knows when each flow is taken",
        "10.6.3",
        "gateway-without-condition",
        DRAFT,
        "g-b",
        (BRANCHES.format("inclusive", "") + when("f", "g", "a"), "s g b"),
        (BRANCHES.format("inclusive", 'default="g-b"') + when("f", "g", "a"), "s g b"),
    ),
    Constraint(
        "A deciding gateway has a default",
        "10.6.2",
        "gateway-without-default",
        WARNING,
        "g",
        (BRANCHES.format("exclusive", "") + when("f", "g", "a") + when("h", "g", "b"), "s g"),
        (BRANCHES.format("exclusive", 'default="g-b"') + when("f", "g", "a"), "s g b"),
    ),
    Constraint(
        "An event-based gateway has several ways out",
        "10.6.6",
        "event-gateway-one-way",
        WARNING,
        "g",
        (RACE.format(""), "s g t e"),
        (RACE.format(""), *RACED),
    ),
    *(
        Constraint(
            f"An event-based gateway does not lead to {what}",
            "10.6.6",
            "event-gateway-target",
            DRAFT,
            "g",
            (RACE.format("") + target, "s g t e", "g x e"),
            (RACE.format(""), *RACED),
        )
        for what, target in (
            ("a task", '<task id="x"/>'),
            ("a gateway", '<parallelGateway id="x"/>'),
            ("a throwing event", '<intermediateThrowEvent id="x"/>'),
            ("an end event", '<endEvent id="x"/>'),
            ("a link", event(CATCH, "x", "link")),
            ("an event of an error", event(CATCH, "x", "error")),
        )
    ),
    Constraint(
        "Message events and receive tasks do not race",
        "10.6.6",
        "event-gateway-mixed",
        WARNING,
        "g",
        (RACE.format("") + RECEIVE + HEARD, *RACED, "g r e", "g h e"),
        (RACE.format("") + RECEIVE, *RACED, "g r e"),
        beside=MESSAGE,
    ),
    Constraint(
        "What races behind a gateway has no other incoming flow",
        "10.6.6",
        "event-gateway-shared-target",
        DRAFT,
        "t",
        (RACE.format("") + TASK, *RACED, "s a t"),
        (RACE.format(""), *RACED),
    ),
    Constraint(
        "A receive task behind an event-based gateway has no boundary events",
        "10.6.6",
        "event-gateway-boundary",
        DRAFT,
        "r",
        (
            RACE.format("") + RECEIVE + timer("boundaryEvent", "x", 'attachedToRef="r"'),
            *RACED,
            "g r e",
            "x e",
        ),
        (RACE.format("") + RECEIVE, *RACED, "g r e"),
        beside=MESSAGE,
    ),
    Constraint(
        "Only a gateway that begins a process waits for all events",
        "10.6.6",
        "parallel-event-gateway",
        ERROR,
        "g",
        (RACE.format('eventGatewayType="Parallel"'), *RACED),
        (FIRST.format('eventGatewayType="Parallel"'), "g h e"),
        beside=MESSAGE,
    ),
    Constraint(
        "No flow leads to a gateway that begins a process",
        "10.6.6",
        "instantiate-in-the-flow",
        ERROR,
        "g",
        (START + FIRST.format(""), "s g h e"),
        (FIRST.format(""), "g h e"),
        beside=MESSAGE,
    ),
    Constraint(
        "A gateway that begins a process stands in it",
        "10.6.6",
        "instantiate-in-the-flow",
        DRAFT,
        "g",
        (START + sub("b", FIRST.format("").replace('"e"', '"f"')) + END, "s b e", "g h f"),
        (FIRST.format(""), "g h e"),
        beside=MESSAGE,
    ),
    Constraint(
        "A joining complex gateway has an activation condition",
        "10.6.5",
        "activation-condition",
        DRAFT,
        "g",
        (JOIN.format("complex", ""), *JOINED),
        (JOIN.format("complex", TWO), *JOINED),
    ),
    Constraint(
        "Only a complex gateway has an activation condition",
        "10.6.5",
        "activation-condition",
        WARNING,
        "g",
        (JOIN.format("parallel", TWO), *JOINED),
        (JOIN.format("parallel", ""), *JOINED),
    ),
]
