"""Gateways: how they split, join and wait."""

from __future__ import annotations

from tests.engine.bpmn.corpus.moves import completes, message, passes
from tests.engine.bpmn.corpus.scenario import Scenario

GATEWAYS = [
    Scenario(
        "exclusive-gateway",
        "An exclusive gateway takes the first flow whose condition holds",
        "start choose large meet end",
        {"log": ["large"], "amount": 5000},
        proves="exclusiveGateway conditionExpression",
        start={"log": [], "amount": 5000},
    ),
    Scenario(
        "exclusive-gateway",
        "An exclusive gateway takes its default flow when nothing holds",
        "start choose small meet end",
        {"log": ["small"], "amount": 5},
        start={"log": [], "amount": 5},
    ),
    Scenario(
        "exclusive-merge",
        "An exclusive merge lets every token through",
        "start fork left right meet meet after after end end",
        {"log": ["after", "after"]},
        start={"log": []},
    ),
    Scenario(
        "parallel-gateway",
        "A parallel join waits for all",
        "start fork right",
        {"b": 2},
        moves=(completes("right", b=2),),
        end="active left",
    ),
    Scenario(
        "parallel-gateway",
        "A parallel join goes on once when all have come, with the variables of all",
        "start fork right left join end",
        {"b": 2, "a": 1},
        proves="parallelGateway",
        moves=(
            completes("right", b=2),
            completes("left", a=1),
        ),
    ),
    Scenario(
        "inclusive-gateway",
        "An inclusive join waits for all that are on their way",
        "start choose pack",
        {"colour": True, "gift": True},
        start={"colour": True, "gift": True},
        moves=(completes("pack"),),
        end="active paint",
    ),
    Scenario(
        "inclusive-gateway",
        "An inclusive join goes on when nothing more can come",
        "start choose pack join end",
        {"colour": False, "gift": True},
        proves="inclusiveGateway",
        start={"colour": False, "gift": True},
        moves=(completes("pack"),),
    ),
    Scenario(
        "inclusive-gateway",
        "An inclusive gateway takes its default flow when nothing holds",
        "start choose none join end",
        {"colour": False, "gift": False},
        start={"colour": False, "gift": False},
        moves=(completes("none"),),
    ),
    Scenario(
        "inclusive-join-by-reachability",
        "An inclusive join stops waiting when a token takes another way",
        "start fork quick slow check away join end",
        {"needed": False},
        start={"needed": False},
        moves=(
            completes("quick"),
            completes("slow"),
        ),
    ),
    Scenario(
        "complex-gateway",
        "A complex gateway goes on when its condition holds",
        "start fork ben anna two_of_three decided end",
        {"log": ["decided"]},
        proves="activationCondition",
        start={"log": []},
        moves=(
            completes("ben"),
            completes("anna"),
        ),
        end="active carl",
    ),
    Scenario(
        "complex-gateway",
        "A complex gateway swallows the tokens that come later",
        "start fork ben anna two_of_three decided end carl",
        {"log": ["decided"]},
        proves="complexGateway",
        start={"log": []},
        moves=(
            completes("ben"),
            completes("anna"),
            completes("carl"),
        ),
    ),
    Scenario(
        "event-based-gateway",
        "The first event behind an event gateway wins and the others no longer wait",
        "start first_of paid ship end",
        {"log": ["ship"]},
        proves="eventBasedGateway",
        start={"log": []},
        moves=(
            message("order paid"),
            passes(days=4),
        ),
    ),
    Scenario(
        "event-based-gateway",
        "A timer behind an event gateway may win",
        "start first_of late remind end",
        {"log": ["remind"]},
        proves="timerEventDefinition",
        start={"log": []},
        moves=(
            passes(days=4),
            message("order paid"),
        ),
    ),
    Scenario(
        "event-based-gateway",
        "A receive task behind an event gateway may win",
        "start first_of cancelled end",
        {"log": []},
        proves="receiveTask",
        start={"log": []},
        moves=(message("order placed"),),
    ),
    Scenario(
        "event-gateway-that-starts",
        "Either event behind an event gateway without incoming flow starts an instance",
        "wrote answer end",
        {},
        start=None,
        moves=(
            message("order paid"),
            completes("answer"),
        ),
    ),
    Scenario(
        "parallel-event-gateway-that-starts",
        "A parallel event gateway starts with one of its events and waits for the others",
        "wrote called join end",
        {},
        start=None,
        moves=(
            message("order paid"),
            message("order placed"),
        ),
    ),
    Scenario(
        "receive-task-that-starts",
        "A receive task that creates instances starts one with each message",
        "hear answer end",
        {"number": 4},
        start=None,
        moves=(
            message("order placed", number=4),
            completes("answer"),
        ),
    ),
]
