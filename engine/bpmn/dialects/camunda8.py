"""Camunda 8: the namespace ``zeebe``. Its expressions are FEEL, marked by a leading ``=``.

[Dialects](../dialects.md) lists every setting: what it becomes here, what is read past, and what
makes a drawing a draft until its cure is followed.
"""

from __future__ import annotations

from engine.bpmn.dialects import zeebe
from engine.bpmn.dialects.settings import Vocabulary
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element

NAMESPACES = frozenset({"http://camunda.org/schema/zeebe/1.0"})
_LISTENER = "Draw what the listener does as a task before or after this element."

VOCABULARY = Vocabulary(
    "Camunda 8",
    translated=frozenset(
        """
        assignmentDefinition calledDecision calledElement formDefinition ioMapping
        loopCharacteristics priorityDefinition publishMessage script subscription
        taskDefinition taskHeaders taskSchedule userTask userTaskForm versionTag
        """.split()  # noqa: SIM905 - a list to be compared at a glance
    ),
    without_meaning=frozenset(
        """
        bindingType conditionalFilter modelerTemplate modelerTemplateIcon modelerTemplateVersion
        properties property retryCounter
        """.split()  # noqa: SIM905
    ),
    unsupported={
        "adHoc": "Draw a gateway before the activities that are not always wanted.",
        "executionListeners": _LISTENER,
        "taskListeners": _LISTENER,
        "linkedResources": "Give the job handler what it needs as an input.",
    },
)


def takes(namespace: str) -> bool:
    """Take the namespaces of this engine; see :meth:`engine.bpmn.dialects.Dialect.takes`."""
    return namespace in NAMESPACES


def apply(root: Element, namespaces: frozenset[str], findings: Findings) -> None:
    """Translate; see :meth:`engine.bpmn.dialects.Dialect.apply`."""
    zeebe.translate(root, findings, namespaces, VOCABULARY)
