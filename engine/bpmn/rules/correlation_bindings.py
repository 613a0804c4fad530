"""A correlation subscription does not bind the properties of its key.

Each property of the key gets its value from the variables of the process by one binding. Without
it no message could be told to be meant for the instance. Add the missing binding, or take off the
one that belongs to another key. A draft: somebody has to say which variable it is.

Source: BPMN 2.0.2, 8.4.2 (context-based correlation).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, local, plain_name, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the bindings of every subscription with the properties of its key."""
    for subscription in drawing.all("correlationSubscription"):
        key = drawing.referred(subscription.get("correlationKeyRef"))
        if key is None or local(key) != "correlationKey":
            continue
        wanted = {plain_name(text_of(one)) for one in key.findall(B + "correlationPropertyRef")}
        bound = {
            plain_name(one.get("correlationPropertyRef"))
            for one in subscription.findall(B + "correlationPropertyBinding")
        }
        for name in sorted(wanted ^ bound):
            word = "is not bound" if name in wanted else "is bound and no part of the key"
            findings.draft(
                subscription,
                f"The property '{name}' {word}.",
                "Bind each property of the key once, and no other.",
            )
