"""Two declared messages, or two signals, have the same name.

Whoever waits for one of them gets the other as well: the name is what counts. Refer to one of
them everywhere, or give them different names. A warning: it runs that way.

Source: BPMN 2.0.2, 8.4.11 and 10.5.5.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the names of each kind."""
    for word in ("message", "signal"):
        seen: set[str] = set()
        for declared in drawing.all(word):
            name = (declared.get("name") or "").strip()
            if name and name in seen:
                findings.warning(
                    declared,
                    f"Another {word} has the name '{name}': they are the same to who waits.",
                    f"Use one of the two, or give this {word} another name.",
                )
            seen.add(name)
