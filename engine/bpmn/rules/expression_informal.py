"""Expressions of an executable process are not marked as formal.

A condition, time or number that is not marked may be a sentence for people. Here each of them is
read as an expression, and one that is none is reported where it stands. An info: nothing has to
be done. It is said once for each process.

Source: BPMN 2.0.2, 8.4.6 (an executable process uses formal expressions).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, process_of, text_of

_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_EXPRESSIONS = (
    "activationCondition",
    "completionCondition",
    "condition",
    "conditionExpression",
    "loopCardinality",
    "loopCondition",
    "timeCycle",
    "timeDate",
    "timeDuration",
)


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Count the expressions of each process that says that it is executable."""
    counted: dict[Element, int] = {}
    for expression in drawing.all(*_EXPRESSIONS):
        if not text_of(expression) or _is_formal(expression):
            continue
        process = process_of(expression)
        if process is not None:
            counted[process] = counted.get(process, 0) + 1
    for process, count in counted.items():
        if says(process, "isExecutable"):
            findings.info(
                process, f"Not marked as formal, and read as expressions all the same: {count}."
            )


def _is_formal(expression: Element) -> bool:
    return (expression.get(_TYPE) or "").rpartition(":")[2] == "tFormalExpression"
