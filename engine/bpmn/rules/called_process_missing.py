"""A call activity does not say which process it calls.

Modelers let people draw the activity first. Choose the called process. A draft: somebody has to.

Source: BPMN 2.0.2, 10.3.6 (calledElement of a call activity).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.extensions import written_on
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import C, plain_name


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at what every call activity names."""
    for activity in drawing.all("callActivity"):
        named = any(
            child.tag == C + "call" and (child.get("process") or "").strip()
            for child in written_on(activity)
        )
        if not named and not plain_name(activity.get("calledElement")):
            findings.draft(
                activity,
                "The call activity does not say which process it calls.",
                "Choose the called process.",
            )
