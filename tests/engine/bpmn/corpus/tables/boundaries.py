"""Boundary events, by trigger, interrupting and not."""

from __future__ import annotations

from tests.engine.bpmn.corpus.moves import completes, message, passes, signal
from tests.engine.bpmn.corpus.reacting import Place, reactions
from tests.engine.bpmn.corpus.scenario import Scenario

BOUNDARY = Place(
    "boundary",
    "start caught react reacted",
    "An interrupting {} boundary event ends the activity",
    "A non-interrupting {} boundary event leaves the activity running",
    "The activity under a non-interrupting {} boundary event completes",
    proves="boundaryEvent",
)

BOUNDARIES = [
    *reactions(BOUNDARY, "message", "messageEventDefinition", message("order placed")),
    *reactions(BOUNDARY, "signal", "signalEventDefinition", signal("alarm")),
    *reactions(BOUNDARY, "timer", "timerEventDefinition timeDuration", passes(hours=1)),
    Scenario(
        "boundary-conditional",
        "An interrupting conditional boundary event ends the activity",
        "start fork beside caught e2 react reacted",
        {"log": ["react"], "ready": True},
        proves="conditionalEventDefinition condition boundaryEvent",
        start={"log": [], "ready": False},
        moves=(completes("beside", ready=True),),
    ),
    Scenario(
        "boundary-conditional-non-interrupting",
        "A non-interrupting conditional boundary event leaves the activity running",
        "start fork beside caught e2 react reacted",
        {"log": ["react"], "ready": True},
        proves="conditionalEventDefinition condition boundaryEvent",
        start={"log": [], "ready": False},
        moves=(completes("beside", ready=True),),
        end="active work",
    ),
    Scenario(
        "boundary-conditional-non-interrupting",
        "The activity under a non-interrupting conditional boundary event completes",
        "start fork beside caught e2 react reacted work end",
        {"log": ["react"], "ready": True},
        start={"log": [], "ready": False},
        moves=(
            completes("beside", ready=True),
            completes("work"),
        ),
    ),
    Scenario(
        "boundary-escalation",
        "An interrupting escalation boundary event ends the activity",
        "start s1 caught react reacted",
        {"log": ["react"], "escalation": {"code": "LATE", "message": "Late"}},
        proves="escalationEventDefinition boundaryEvent",
        start={"log": []},
    ),
    Scenario(
        "boundary-escalation-non-interrupting",
        "A non-interrupting escalation boundary event leaves the activity running",
        "start s1 call caught react reacted",
        {"log": ["react"], "escalation": {"code": "LATE", "message": "Late"}},
        proves="escalationEventDefinition boundaryEvent",
        start={"log": []},
        end="active task",
    ),
    *reactions(BOUNDARY, "multiple", "signalEventDefinition", signal("alarm")),
    *reactions(BOUNDARY, "parallel-multiple", "", message("order placed"), signal("alarm")),
    Scenario(
        "boundary-parallel-multiple",
        "A parallel multiple boundary event waits for the second trigger",
        "start",
        {"log": []},
        start={"log": []},
        moves=(signal("alarm"),),
        end="active work",
    ),
    Scenario(
        "boundary-error",
        "An error boundary event catches what happens inside",
        "start s1 try_it gone caught react reacted",
        {"log": ["react"], "error": {"code": "OUT_OF_STOCK", "message": "Out of stock"}},
        proves="errorEventDefinition",
        start={"log": []},
        moves=(completes("try_it"),),
    ),
    Scenario(
        "boundary-cancel",
        "A cancelled transaction is compensated, then leaves through its cancel event",
        "start s1 book decide unbook called_off react reacted",
        {"log": ["book", "unbook", "react"]},
        proves="transaction cancelEventDefinition",
        start={"log": []},
        moves=(completes("decide"),),
    ),
    Scenario(
        "throw-compensation",
        "A compensation boundary event names the handler and never starts it by itself",
        "start book unbook undo_all after end",
        {"log": ["book", "unbook", "after"]},
        proves="boundaryEvent",
        start={"log": []},
    ),
    Scenario(
        "boundary-timer-cycle",
        "A cycle on a non-interrupting boundary event fires as often as it says",
        "start again remind reminded again remind reminded work end",
        {"log": ["remind", "remind"]},
        proves="timeCycle",
        start={"log": []},
        moves=(
            passes(hours=1),
            passes(hours=1),
            passes(hours=1),
            completes("work"),
        ),
    ),
    Scenario(
        "boundary-on-call",
        "An error of a called process reaches the boundary event of the call",
        "start begin gone caught react reacted",
        {"log": ["react"], "error": {"code": "OUT_OF_STOCK", "message": "Out of stock"}},
        start={"log": []},
    ),
]
