"""A receive task names no message.

Nothing could arrive, and the instance would wait for ever. Choose the message it waits for. A
draft: somebody has to. Found when the diagram is compiled, because message flows between pools
name messages as well.

Source: BPMN 2.0.2, 10.3.3 (messageRef of a receive task).
"""

from __future__ import annotations

from engine.bpmn.problems import problem_at
from engine.bpmn.xml import Element
from engine.definitions import Problem, Severity


def problem(task: Element) -> Problem:
    """Return what the compiler says about a receive task for which it found none."""
    return problem_at(
        task,
        "message-missing",
        Severity.DRAFT,
        "The receive task names no message: nothing could arrive.",
        "Choose the message it waits for.",
    )
