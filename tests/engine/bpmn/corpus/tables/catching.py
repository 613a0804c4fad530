"""Intermediate events that wait: messages, signals, times, conditions, links."""

from __future__ import annotations

from tests.engine.bpmn.corpus.moves import completes, message, passes, signal
from tests.engine.bpmn.corpus.scenario import Scenario

CATCHING = [
    Scenario(
        "catch-message",
        "A message event waits for its message",
        "start wait end",
        {"number": 7},
        proves="messageEventDefinition intermediateCatchEvent",
        moves=(message("order placed", number=7),),
    ),
    Scenario(
        "catch-signal",
        "A signal event waits for its signal and no other",
        "start wait end",
        {},
        proves="signalEventDefinition signal",
        moves=(
            signal("all clear"),
            signal("alarm"),
        ),
    ),
    Scenario(
        "catch-timer-duration",
        "A duration waits that long",
        "start wait end",
        {},
        proves="timeDuration",
        moves=(
            passes(hours=1),
            passes(hours=1),
        ),
    ),
    Scenario(
        "catch-timer-date",
        "A date may be an expression",
        "start wait end",
        {"deadline": "2026-03-02T12:00:00Z"},
        proves="timeDate",
        start={"deadline": "2026-03-02T12:00:00Z"},
        moves=(passes(days=2),),
    ),
    Scenario(
        "catch-timer-cycle",
        "A cycle in the flow goes on at its first time",
        "start wait end",
        {},
        proves="timeCycle",
        moves=(passes(hours=1),),
    ),
    Scenario(
        "catch-conditional",
        "A conditional event that holds already does not wait",
        "start wait end",
        {"ready": True},
        proves="conditionalEventDefinition condition",
        start={"ready": True},
    ),
    Scenario(
        "catch-conditional-later",
        "A conditional event goes on when a variable changes",
        "start fork prepare wait join end",
        {"ready": True},
        start={"ready": False},
        moves=(completes("prepare", ready=True),),
    ),
    Scenario(
        "catch-multiple",
        "Any trigger of a multiple event lets it go on",
        "start wait end",
        {},
        proves="signalEventDefinition",
        moves=(signal("alarm"),),
    ),
    Scenario(
        "catch-parallel-multiple",
        "A parallel multiple event needs every trigger",
        "start wait end",
        {"number": 7},
        moves=(
            signal("alarm"),
            message("order placed", number=7),
        ),
    ),
    Scenario(
        "catch-parallel-multiple",
        "A parallel multiple event waits on after the first trigger",
        "start",
        {},
        moves=(signal("alarm"),),
        end="active",
    ),
    Scenario(
        "link-events",
        "A link goes on at the link event of its name",
        "start jump land read end",
        {},
        proves="linkEventDefinition",
    ),
    Scenario(
        "link-events-several",
        "Several links may lead to one place",
        "start choose jump_there land read end",
        {"here": False, "log": ["read"]},
        start={"here": False, "log": []},
    ),
    Scenario(
        "catch-message-key",
        "A message with another key is for somebody else",
        "start wait end",
        {"order": "A-1", "number": 7},
        start={"order": "A-1"},
        moves=(
            message("order placed", "B-2"),
            message("order placed", "A-1", number=7),
        ),
    ),
    Scenario(
        "message-buffered",
        "A message that comes too early is kept",
        "start before wait end",
        {"order": "A-1", "number": 7},
        start={"order": "A-1"},
        moves=(
            message("order placed", "A-1", kept=2, number=7),
            passes(hours=1),
            completes("before"),
        ),
    ),
    Scenario(
        "message-buffered",
        "A message whose time to live is over is gone",
        "start before",
        {"order": "A-1"},
        start={"order": "A-1"},
        moves=(
            message("order placed", "A-1", kept=2, number=7),
            passes(hours=3),
            completes("before"),
        ),
        end="active",
    ),
    Scenario(
        "business-calendar",
        "A duration in business hours begins on Monday morning",
        "start",
        {},
        moves=(passes(hours=22),),
        end="active",
    ),
    Scenario(
        "business-calendar",
        "A duration in business hours ends two hours after they began",
        "start wait end",
        {},
        moves=(passes(hours=23),),
    ),
]
