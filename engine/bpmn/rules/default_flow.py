"""The default flow of a gateway or activity does not leave it.

The default would never be taken. Choose one of the flows that leave the element.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import flows, nodes, plain_name, scopes


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare each ``default`` with the source of that flow."""
    for scope in scopes(drawing.root):
        sources = {flow.get("id"): plain_name(flow.get("sourceRef")) for flow in flows(scope)}
        for node in nodes(scope):
            default = plain_name(node.get("default"))
            if default and sources.get(default) != node.get("id"):
                findings.draft(
                    node,
                    f"Its default flow '{default}' does not leave it.",
                    "Choose one of its outgoing flows as the default, or none.",
                )
