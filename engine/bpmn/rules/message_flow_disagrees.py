"""A message flow carries another message than the event or task at its end.

The event or task counts: it waits for its own message, or sends it, whatever the flow says.
Choose the same message at both. A warning: it runs that way.

Source: BPMN 2.0.2, 9.4 (``messageRef``) and 10.5.5.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, local, plain_name

_TASKS = frozenset({"sendTask", "receiveTask"})


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the message of every flow with those at its ends."""
    for flow in drawing.all("messageFlow"):
        carried = plain_name(flow.get("messageRef"))
        for end in ("sourceRef", "targetRef") if carried else ():
            element = drawing.referred(flow.get(end))
            known = _messages(drawing, element) if element is not None else set()
            if known and carried not in known:
                findings.warning(
                    flow,
                    f"It carries the message '{carried}', and its end is about another one.",
                    "Choose the same message at the flow and at its ends.",
                )


def _messages(drawing: Drawing, element: Element) -> set[str]:
    owners = [element] if local(element) in _TASKS else drawing.triggers(element)
    return {name for owner in owners if (name := plain_name(owner.get("messageRef")))}
