"""A process is too intertwined to say whether its tokens meet where they should.

Whether joins and merges fit their splits is found by following all outcomes of all decisions. That
is quick for what people draw, and has a bound for what they do not: so many decisions crossing
each other that the arithmetic passes it. What was found so far is reported; other joins were not
looked at. An info: nothing is known to be wrong. Smaller sub-processes would make it readable for
people as well.
"""

from __future__ import annotations

from engine.bpmn.analysis.tokens import token_flows
from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Name the scopes that were not followed to their end."""
    for scope, flow in token_flows(drawing).items():
        if flow.too_intricate:
            findings.info(
                scope,
                "Its flow is too intertwined to check every join for tokens that never meet.",
                "Move parts of it into sub-processes to have all of it checked.",
            )
