"""A called process, a decision or a form is not in the deployment and not deployed.

The instance would stop there. Deploy it along, or correct the key. Where nobody can tell what is
deployed it is a warning.
"""

from __future__ import annotations

from engine.bpmn import extensions
from engine.bpmn.drawing import Drawing
from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import Literal
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, Element, plain_name


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look up what every call activity, business rule task and user task names."""
    for element in drawing.root.iter(B + "callActivity"):
        called = element.get("calledElement")
        if drawing.referred(called) is None:  # else reference-to-wrong-kind looks at its kind
            _look_up(element, "process", plain_name(called), findings, around)
    for tag, name, attribute, kind in (
        ("businessRuleTask", "decision", "ref", "decision"),
        ("userTask", "userTask", "form", "form"),
    ):
        for element in drawing.root.iter(B + tag):
            try:
                setting = getattr(extensions.read(element).get(name), attribute, None)
            except ExpressionError:
                continue  # reported where it is compiled
            if isinstance(setting, Literal):
                _look_up(element, kind, setting.text, findings, around)


def _look_up(
    element: Element, kind: str, key: str, findings: Findings, around: Surroundings
) -> None:
    if not key or around.has(kind, key):
        return
    message = f"The {kind} '{key}' is neither in this deployment nor deployed."
    cure = f"Deploy the {kind} along with this file, or correct the key."
    if around.can_tell():
        findings.draft(element, message, cure)
    else:
        findings.warning(element, f"The {kind} '{key}' is not in this deployment.", cure)
