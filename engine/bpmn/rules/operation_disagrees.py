"""An event or task names a message and an operation, and the operation is about another message.

The operation says which message goes to a service and which comes back. Here the message counts
and the operation is only shown. Choose a message of the operation, or another operation. A
warning: it has no effect on a run.

Source: BPMN 2.0.2, 8.5.3 and 10.3.3.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, local, plain_name, text_of

_TAGS = ("messageEventDefinition", "sendTask", "receiveTask")


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the message with those of the operation."""
    for element in drawing.all(*_TAGS):
        written = element.get("operationRef") or text_of(element.find(B + "operationRef"))
        operation = drawing.referred(written)
        message = plain_name(element.get("messageRef"))
        if not message or operation is None or local(operation) != "operation":
            continue
        parts = (operation.find(B + part) for part in ("inMessageRef", "outMessageRef"))
        if message not in {plain_name(text_of(part)) for part in parts}:
            findings.warning(
                element,
                f"The operation '{operation.get('name') or written}' is about another message.",
                "Choose a message of the operation, or another operation.",
            )
