"""A multi-instance activity goes through a list and does not name the item.

Each instance gets one item of the list, under the name of the input data item. Without it the
instances cannot tell which item is theirs. Add it (``inputDataItem``), and an output item where
results are collected. A warning: it runs once for each item.

Source: BPMN 2.0.2, 10.3.8 (``inputDataItem``, ``outputDataItem``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, N, text_of

_PAIRS = (
    ("loopDataInputRef", "inputDataItem", "item"),
    ("loopDataOutputRef", "outputDataItem", "output-item"),
)


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for the item of each list, written as BPMN or by a dialect."""
    for marker in drawing.all("multiInstanceLoopCharacteristics"):
        for collection, item, neutral in _PAIRS:
            listed = text_of(marker.find(B + collection))
            if listed and marker.find(B + item) is None and not marker.get(N + neutral):
                findings.warning(
                    marker,
                    f"It goes through '{listed}' and has no {item}.",
                    f"Add an {item} and name it.",
                )
