"""A send task names neither a job nor a message.

It would pass and send nothing. Give it a job, such as the sending of a reply, or the message it
sends to another instance. A draft: somebody has to say what is sent. A message flow
between pools names a message as well.

Source: BPMN 2.0.2, 10.3.3 (messageRef of a send task).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.extensions import written_on
from engine.bpmn.problems import Findings, problem_at
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import C, Element, plain_name
from engine.definitions import Problem, Severity


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every send task that no message flow reaches."""
    connected = {plain_name(flow.get("sourceRef")) for flow in drawing.all("messageFlow")}
    for task in drawing.all("sendTask"):
        if (
            task.get("id") not in connected
            and not task.get("messageRef")
            and not any(c.tag == C + "job" for c in written_on(task))
        ):
            findings.add(problem(task))


def problem(task: Element) -> Problem:
    """Return what is wrong with a send task; the compiler asks again for those in pools."""
    return problem_at(
        task,
        "nothing-to-send",
        Severity.DRAFT,
        "The send task names neither a job nor a message.",
        'Give it <corral:job type="..."/>, or a message.',
    )
