"""Event sub-processes, by trigger, interrupting and not."""

from __future__ import annotations

from tests.engine.bpmn.corpus.moves import completes, message, passes, signal
from tests.engine.bpmn.corpus.reacting import Place, reactions
from tests.engine.bpmn.corpus.scenario import Scenario

HANDLER = Place(
    "event-sub-process",
    "start caught react reacted handle",
    "An interrupting {} event sub-process takes the place of its scope",
    "A non-interrupting {} event sub-process runs beside its scope",
    "A scope with a non-interrupting {} event sub-process completes on its own",
)

EVENT_SUB_PROCESSES = [
    *reactions(HANDLER, "message", "messageEventDefinition", message("order placed")),
    *reactions(HANDLER, "signal", "signalEventDefinition", signal("alarm")),
    *reactions(HANDLER, "timer", "timerEventDefinition timeDuration", passes(hours=1)),
    Scenario(
        "event-sub-process-conditional",
        "An interrupting conditional event sub-process takes the place of its scope",
        "start fork beside caught react reacted handle",
        {"log": ["react"], "ready": True},
        proves="conditionalEventDefinition condition",
        start={"log": [], "ready": False},
        moves=(completes("beside", ready=True),),
    ),
    Scenario(
        "event-sub-process-conditional-non-interrupting",
        "A non-interrupting conditional event sub-process runs beside its scope",
        "start fork beside e2 caught react reacted handle",
        {"log": ["react"], "ready": True},
        proves="conditionalEventDefinition condition",
        start={"log": [], "ready": False},
        moves=(completes("beside", ready=True),),
        end="active work",
    ),
    Scenario(
        "event-sub-process-conditional-non-interrupting",
        "A scope with a non-interrupting conditional event sub-process completes on its own",
        "start fork beside e2 caught react reacted handle work end",
        {"log": ["react"], "ready": True},
        start={"log": [], "ready": False},
        moves=(
            completes("beside", ready=True),
            completes("work"),
        ),
    ),
    Scenario(
        "event-sub-process-escalation",
        "An interrupting escalation event sub-process takes the place of its scope",
        "start caught react reacted handle",
        {"log": ["react"], "escalation": {"code": "LATE", "message": "Late"}},
        proves="escalationEventDefinition",
        start={"log": []},
    ),
    Scenario(
        "event-sub-process-escalation-non-interrupting",
        "A non-interrupting escalation event sub-process runs beside its scope",
        "start call caught react reacted handle",
        {"log": ["react"], "escalation": {"code": "LATE", "message": "Late"}},
        proves="escalationEventDefinition",
        start={"log": []},
        end="active work",
    ),
    Scenario(
        "event-sub-process-escalation-non-interrupting",
        "A scope with a non-interrupting escalation event sub-process completes on its own",
        "start call caught react reacted handle work end",
        {"log": ["react"], "escalation": {"code": "LATE", "message": "Late"}},
        start={"log": []},
        moves=(completes("work"),),
    ),
    *reactions(HANDLER, "multiple", "signalEventDefinition", signal("alarm")),
    *reactions(HANDLER, "parallel-multiple", "", message("order placed"), signal("alarm")),
    Scenario(
        "event-sub-process-parallel-multiple",
        "A parallel multiple event sub-process waits for the second trigger",
        "start",
        {"log": []},
        start={"log": []},
        moves=(signal("alarm"),),
        end="active work",
    ),
    Scenario(
        "event-sub-process-error",
        "An error event sub-process handles an error of its scope",
        "start gone caught react reacted handle",
        {"log": ["react"], "error": {"code": "OUT_OF_STOCK", "message": "Out of stock"}},
        proves="errorEventDefinition",
        start={"log": []},
    ),
    Scenario(
        "event-sub-process-untriggered",
        "An event sub-process that nothing triggers neither runs nor holds its scope up",
        "start work end",
        {"log": []},
        start={"log": []},
    ),
    Scenario(
        "event-sub-process-compensation",
        "A compensation event sub-process undoes its sub-process after it completed",
        "start s1 book e1 trip undone unbook e2 undo regret end",
        {"log": ["book", "unbook"]},
        proves="compensateEventDefinition",
        start={"log": []},
    ),
]
