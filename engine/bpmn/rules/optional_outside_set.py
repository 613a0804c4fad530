"""An input set calls an input optional, or late, that is not in the set.

Optional inputs, and those that may come while the activity runs, are some of the inputs of the
set (outputs likewise). Add it to the set, or do not call it optional. A warning: here variables
carry the data, and none of it is waited for.

Source: BPMN 2.0.2, 10.4.1 (``optionalInputRefs`` is a subset of ``dataInputRefs``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, Element, plain_name, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the lists of every set."""
    for side in ("Input", "Output"):
        for group in drawing.all(f"{side.lower()}Set"):
            members = _named(group, f"data{side}Refs")
            for sort in ("optional", "whileExecuting"):
                for stray in sorted(_named(group, f"{sort}{side}Refs") - members):
                    findings.warning(
                        group,
                        f"'{stray}' is listed in {sort}{side}Refs, and is not in the set.",
                        f"Add it to data{side}Refs, or take it off the other list.",
                    )


def _named(group: Element, tag: str) -> set[str]:
    return {plain_name(text_of(entry)) for entry in group.findall(B + tag)}
