"""A task is work for a job handler and does not say which.

The type of a job names the handler that does it; without one nobody would, and the instance would
wait for ever. Give the job its type. A draft: somebody has to say what does the work.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.extensions import written_on
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import C, local

_HOSTS = ("sendTask", "businessRuleTask", "intermediateThrowEvent", "endEvent")


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every service task, and at everything else that carries a job."""
    for element in drawing.all("serviceTask", *_HOSTS):
        jobs = [child for child in written_on(element) if child.tag == C + "job"]
        if any((job.get("type") or "").strip() for job in jobs[:1]):
            continue
        if jobs or local(element) == "serviceTask":
            findings.draft(
                element,
                "It does not say which job handler does the work.",
                'Give it <corral:job type="..."/>.',
            )
