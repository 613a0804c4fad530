"""Loops and multi-instance activities."""

from __future__ import annotations

from tests.engine.bpmn.corpus.moves import completes
from tests.engine.bpmn.corpus.scenario import Scenario

LOOPS = [
    Scenario(
        "loop-while",
        "A loop that tests before runs while its condition holds",
        "start count count count count end",
        {"i": 3},
        proves="standardLoopCharacteristics loopCondition",
        start={"i": 0},
    ),
    Scenario(
        "loop-while",
        "A loop that tests before may not run at all",
        "start count end",
        {"i": 5},
        start={"i": 5},
    ),
    Scenario(
        "loop-until",
        "A loop that tests after runs at least once",
        "start count count end",
        {"i": 6},
        proves="standardLoopCharacteristics",
        start={"i": 5},
    ),
    Scenario(
        "loop-maximum",
        "A loop stops at its maximum",
        "start count count count count count end",
        {"i": 4},
        start={"i": 0},
    ),
    Scenario(
        "multi-instance-sequential",
        "A sequential multi-instance activity gathers the results in the order of its items",
        "start double double double double end",
        {"items": [3, 1, 2], "results": [6, 2, 4]},
        proves=(
            "multiInstanceLoopCharacteristics "
            "loopDataInputRef "
            "loopDataOutputRef "
            "inputDataItem "
            "outputDataItem"
        ),
        start={"items": [3, 1, 2]},
    ),
    Scenario(
        "multi-instance-sequential",
        "A sequential multi-instance activity over nothing is passed",
        "start double end",
        {"items": [], "results": []},
        start={"items": []},
    ),
    Scenario(
        "multi-instance-sequential-cardinality",
        "A sequential multi-instance activity runs as often as its cardinality says",
        "start vote vote vote vote end",
        {"voters": 3, "enough": False},
        proves="loopCardinality",
        start={"voters": 3, "enough": False},
        moves=(
            completes("vote"),
            completes("vote"),
            completes("vote"),
        ),
    ),
    Scenario(
        "multi-instance-sequential-cardinality",
        "A sequential multi-instance activity is over when its completion condition holds",
        "start vote vote end",
        {"voters": 3, "enough": True},
        proves="completionCondition",
        start={"voters": 3, "enough": False},
        moves=(completes("vote", enough=True),),
    ),
    Scenario(
        "multi-instance-parallel",
        "A parallel multi-instance activity gathers the results in the order of its items",
        "start double double double double end",
        {"items": [3, 1, 2], "results": [6, 2, 4]},
        proves=(
            "multiInstanceLoopCharacteristics "
            "loopDataInputRef "
            "loopDataOutputRef "
            "inputDataItem "
            "outputDataItem"
        ),
        start={"items": [3, 1, 2]},
    ),
    Scenario(
        "multi-instance-parallel",
        "A parallel multi-instance activity over nothing is passed",
        "start double end",
        {"items": [], "results": []},
        start={"items": []},
    ),
    Scenario(
        "multi-instance-parallel-cardinality",
        "A parallel multi-instance activity runs as often as its cardinality says",
        "start vote vote vote vote end",
        {"voters": 3, "enough": False},
        proves="loopCardinality",
        start={"voters": 3, "enough": False},
        moves=(
            completes("vote"),
            completes("vote"),
            completes("vote"),
        ),
    ),
    Scenario(
        "multi-instance-parallel-cardinality",
        "A parallel multi-instance activity is over when its completion condition holds",
        "start vote vote end",
        {"voters": 3, "enough": True},
        proves="completionCondition",
        start={"voters": 3, "enough": False},
        moves=(completes("vote", enough=True),),
    ),
    Scenario(
        "multi-instance-behavior-none",
        "With the behaviour none an event is thrown after each run",
        "start vote heard count e2 vote heard vote count end e2",
        {"log": ["count", "count"]},
        start={"log": []},
        moves=(
            completes("vote"),
            completes("vote"),
        ),
    ),
    Scenario(
        "multi-instance-behavior-one",
        "With the behaviour one an event is thrown after the first run",
        "start vote heard count e2 vote vote end",
        {"log": ["count"]},
        start={"log": []},
        moves=(
            completes("vote"),
            completes("vote"),
        ),
    ),
    Scenario(
        "multi-instance-behavior-all",
        "With the behaviour all no event is thrown",
        "start vote vote vote end",
        {"log": []},
        start={"log": []},
        moves=(
            completes("vote"),
            completes("vote"),
        ),
    ),
    Scenario(
        "multi-instance-behavior-complex",
        "With a complex behaviour an event is thrown when its condition holds",
        "start vote vote heard count e2 vote vote end",
        {"log": ["count"]},
        proves="complexBehaviorDefinition event",
        start={"log": []},
        moves=(
            completes("vote"),
            completes("vote"),
            completes("vote"),
        ),
    ),
    Scenario(
        "multi-instance-sub-process",
        "Each run of a multi-instance sub-process has variables of its own",
        "start s1 s1 check keep e1 each check keep e1 each each end",
        {"items": [1, 2], "bonus": 20, "results": [11, 22]},
        start={"items": [1, 2]},
        moves=(
            completes("check", bonus=10),
            completes("check", bonus=20),
        ),
    ),
]
