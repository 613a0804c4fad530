"""A send task names neither a job nor a message.

It would pass and send nothing. Give it a job, such as the sending of a reply, or the message it
sends to another instance. A draft: somebody has to say what is sent. Found when the diagram is
compiled, because message flows between pools name messages as well.

Source: BPMN 2.0.2, 10.3.3 (messageRef of a send task).
"""

from __future__ import annotations

from engine.bpmn.problems import problem_at
from engine.bpmn.xml import Element
from engine.definitions import Problem, Severity


def problem(task: Element) -> Problem:
    """Return what the compiler says about a send task for which it found none."""
    return problem_at(
        task,
        "nothing-to-send",
        Severity.DRAFT,
        "The send task names neither a job nor a message.",
        'Give it <corral:job type="..."/>, or a message.',
    )
