"""Sub-processes, transactions and ad-hoc sub-processes."""

from __future__ import annotations

from tests.engine.bpmn.corpus.moves import completes
from tests.engine.bpmn.corpus.scenario import Scenario

SUB_PROCESSES = [
    Scenario(
        "sub-process",
        "A sub-process runs in its place and sees the variables around it",
        "start s1 local e1 inner after end",
        {"outer": 1, "seen": 2, "then": 2},
        proves="subProcess",
        start={"outer": 1},
    ),
    Scenario(
        "sub-process-empty",
        "A sub-process that was not drawn further is passed through",
        "start inner end",
        {},
    ),
    Scenario(
        "sub-process-mapping",
        "Inputs are variables of the sub-process alone, outputs come out",
        "start s1 work e1 inner end",
        {"outer": 1, "result": 13},
        start={"outer": 1},
    ),
    Scenario(
        "transaction",
        "A transaction that succeeds goes on",
        "start s1 pay e1 deal end",
        {},
        proves="transaction",
    ),
    Scenario(
        "ad-hoc-parallel",
        "An ad-hoc sub-process offers everything at once",
        "start two",
        {"enough": False},
        start={"enough": False},
        moves=(completes("two"),),
        end="active one three",
    ),
    Scenario(
        "ad-hoc-parallel",
        "An ad-hoc sub-process is over when its condition holds, and the rest is cancelled",
        "start two work end",
        {"enough": True},
        proves="adHocSubProcess completionCondition",
        start={"enough": False},
        moves=(completes("two", enough=True),),
    ),
    Scenario(
        "ad-hoc-sequential",
        "A sequential ad-hoc sub-process offers one after the other",
        "start one two",
        {"enough": False},
        start={"enough": False},
        moves=(
            completes("one"),
            completes("two"),
        ),
        end="active three",
    ),
    Scenario(
        "ad-hoc-sequential",
        "A sequential ad-hoc sub-process is over when its condition holds",
        "start one two work end",
        {"enough": True},
        proves="completionCondition",
        start={"enough": False},
        moves=(
            completes("one"),
            completes("two", enough=True),
        ),
    ),
    Scenario(
        "ad-hoc-remaining",
        "An ad-hoc sub-process may let begun work finish after its condition holds",
        "start one two work end",
        {"enough": True},
        start={"enough": False},
        moves=(
            completes("one", enough=True),
            completes("two"),
        ),
    ),
]
