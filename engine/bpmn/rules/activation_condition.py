"""A complex gateway does not say when it goes on, or another gateway does.

A complex gateway that joins waits until its activation condition holds. Write it:
``activationCount >= 2`` goes on with the second token. A draft: somebody has to supply it. A
warning at any other gateway, which never asks it.

Source: BPMN 2.0.2, 10.6.5.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, local, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for the activation condition of every gateway."""
    for gateway in drawing.gateways:
        condition = gateway.find(B + "activationCondition")
        if local(gateway) != "complexGateway":
            if condition is not None:
                findings.warning(
                    gateway,
                    "Its activation condition is never asked: it is no complex gateway.",
                    "Draw a complex gateway, or remove the condition.",
                )
        elif len(drawing.incoming(gateway)) > 1 and not text_of(condition):
            findings.draft(
                gateway,
                "The complex gateway does not say when it goes on.",
                "Write its activation condition, such as activationCount >= 2.",
            )
