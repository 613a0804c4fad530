"""A multi-instance activity goes through something that is not declared as data.

The list it goes through, or the one that collects the results, is not an element of the document.
It is taken as the name of a variable, which has to hold a list when the activity is reached. If
that is not meant, refer to a data object or data input. A warning: it runs once the variable is
there.

Source: BPMN 2.0.2, 10.3.8 (``loopDataInputRef``, ``loopDataOutputRef``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look up both lists of every multi-instance marker."""
    for marker in drawing.all("multiInstanceLoopCharacteristics"):
        for tag in ("loopDataInputRef", "loopDataOutputRef"):
            text = text_of(marker.find(B + tag))
            if text and text.isidentifier() and drawing.referred(text) is None:
                findings.warning(
                    marker,
                    f"'{text}' is no data of this document: it is taken as a variable.",
                    "Refer to a data object, or see that the variable holds a list.",
                )
