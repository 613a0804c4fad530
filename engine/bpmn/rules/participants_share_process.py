"""Two participants have the same process.

Each pool shows what one participant does. With one process in two pools nobody can tell who
performs it, nor between whom its messages go. Give each participant a process of its own. A
warning: the process runs once, as itself.

Source: BPMN 2.0.2, 9.3 (``processRef``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, plain_name


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the participants of each collaboration."""
    seen: set[tuple[Element | None, str]] = set()
    for participant in drawing.all("participant"):
        process = plain_name(participant.get("processRef"))
        place = participant.getparent(), process
        if process and place in seen:
            findings.warning(
                participant,
                f"Another participant has the process '{process}' as well.",
                "Give each participant a process of its own.",
            )
        seen.add(place)
