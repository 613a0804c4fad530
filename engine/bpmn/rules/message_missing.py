"""A receive task names no message.

Nothing could arrive, and the instance would wait for ever. Choose the message it waits for. A
draft: somebody has to. A message flow between pools names it as well.

Source: BPMN 2.0.2, 10.3.3 (messageRef of a receive task).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings, problem_at
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, plain_name
from engine.definitions import Problem, Severity


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every receive task that no message flow reaches."""
    connected = {plain_name(flow.get("targetRef")) for flow in drawing.all("messageFlow")}
    for task in drawing.all("receiveTask"):
        if task.get("id") not in connected and not task.get("messageRef"):
            findings.add(problem(task))


def problem(task: Element) -> Problem:
    """Return what is wrong with a receive task; the compiler asks again for those in pools."""
    return problem_at(
        task,
        "message-missing",
        Severity.DRAFT,
        "The receive task names no message: nothing could arrive.",
        "Choose the message it waits for.",
    )
