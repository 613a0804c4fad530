"""No token can ever reach an element.

It looks like part of the process and never runs. Connect it to the flow, or delete it. A draft
where no flow leads to it beside a drawn start event: by the standard it would start with the
process, by most engines never, so somebody has to connect it. A warning where only elements that
are unreachable themselves lead to it.

Source: BPMN 2.0.2, 10.5.2 (what has no incoming flow is instantiated with the process).
"""

from __future__ import annotations

from engine.bpmn.analysis.reached import unreached
from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Walk each scope from everything that starts by itself."""
    for node in unreached(drawing):
        report = findings.warning if drawing.incoming(node) else findings.draft
        report(
            node,
            "No flow leads to it: it never runs.",
            "Connect it to the flow, or delete it.",
        )
