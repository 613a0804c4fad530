"""Two declared errors, or two escalations, have the same code.

Whoever catches one of them catches the other: the code is what counts. Refer to one of them
everywhere, or give them different codes. A warning: it runs that way.

Source: BPMN 2.0.2, 8.4.3 and 8.4.4.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the codes of each kind."""
    for word in ("error", "escalation"):
        seen: set[str] = set()
        for declared in drawing.all(word):
            code = (declared.get(f"{word}Code") or "").strip()
            if code and code in seen:
                findings.warning(
                    declared,
                    f"Another {word} has the code '{code}': they are the same to who catches one.",
                    f"Use one of the two, or give this {word} another code.",
                )
            seen.add(code)
