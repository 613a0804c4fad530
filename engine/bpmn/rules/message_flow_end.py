"""A message flow has an end that leads to nothing.

A message goes from one participant to another, or to an activity or event of it. An end is
missing or was deleted. Connect it, or delete the flow. A draft: somebody has to say who sends or
gets it.

Source: BPMN 2.0.2, 9.4.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look up both ends of every message flow."""
    for flow in drawing.all("messageFlow"):
        for end, word in (("sourceRef", "source"), ("targetRef", "target")):
            reference = (flow.get(end) or "").strip()
            if drawing.referred(reference) is None:
                what = (
                    f"refers to '{reference}', which does not exist" if reference else "is missing"
                )
                findings.draft(
                    flow, f"Its {word} {what}.", f"Connect the {word}, or delete the message flow."
                )
