"""Start events of processes, by trigger."""

from __future__ import annotations

from tests.engine.bpmn.corpus.moves import completes, holds, message, passes, signal
from tests.engine.bpmn.corpus.scenario import Scenario

STARTS = [
    Scenario(
        "start-message",
        "A message starts an instance with its payload",
        "begin work end",
        {"number": 7},
        proves="messageEventDefinition message",
        start=None,
        moves=(
            message("order placed", number=7),
            completes("work"),
        ),
    ),
    Scenario(
        "start-signal",
        "A signal starts an instance",
        "begin work end",
        {"floor": 3},
        proves="signalEventDefinition signal",
        start=None,
        moves=(
            signal("alarm", floor=3),
            completes("work"),
        ),
    ),
    Scenario(
        "start-timer-date",
        "A date starts an instance once",
        "begin work end",
        {},
        proves="timeDate timerEventDefinition",
        start=None,
        moves=(
            passes(hours=7),
            completes("work"),
        ),
    ),
    Scenario(
        "start-timer-cycle",
        "A cycle starts an instance each time it fires",
        "begin work end | begin work end",
        {},
        proves="timeCycle",
        start=None,
        moves=(
            passes(hours=1),
            passes(hours=1),
            passes(hours=1),
            completes("work"),
            completes("work"),
        ),
    ),
    Scenario(
        "start-timer-cron",
        "A cron expression starts an instance at its times",
        "begin work end",
        {},
        start=None,
        moves=(
            passes(days=1),
            completes("work"),
        ),
    ),
    Scenario(
        "start-conditional",
        "A condition starts an instance when it holds",
        "begin work end",
        {"level": 9},
        proves="conditionalEventDefinition condition",
        start=None,
        moves=(
            holds(level=3),
            holds(level=9),
            completes("work"),
        ),
    ),
    Scenario(
        "start-multiple",
        "Any trigger of a multiple start event starts an instance",
        "begin work end",
        {},
        start=None,
        moves=(
            signal("alarm"),
            completes("work"),
        ),
    ),
    Scenario(
        "start-several",
        "Of several start events the one that was triggered starts alone",
        "by_message read_it end",
        {},
        start=None,
        moves=(
            message("order placed"),
            completes("read_it"),
        ),
    ),
    Scenario(
        "start-several",
        "The plain start event starts alone as well",
        "by_hand open_it end",
        {},
        moves=(completes("open_it"),),
    ),
]
