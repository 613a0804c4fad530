"""Camunda 7, and Operaton, which grew from it.

[Dialects](../dialects.md) lists every setting: what it becomes here, what is read past, and what
makes a drawing a draft until its cure is followed.
"""

from __future__ import annotations

from engine.bpmn.dialects import java_engines
from engine.bpmn.dialects.java_engines import vocabulary as shared
from engine.bpmn.dialects.settings import Vocabulary
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element

NAMESPACES = frozenset(
    {
        "http://camunda.org/schema/1.0/bpmn",
        "http://www.camunda.org/schema/1.0/bpmn",
        "http://operaton.org/schema/1.0/bpmn",
    }
)
VOCABULARY = Vocabulary("Camunda 7", shared.TRANSLATED, shared.WITHOUT_MEANING, shared.UNSUPPORTED)


def takes(namespace: str) -> bool:
    """Take the namespaces of this engine; see :meth:`engine.bpmn.dialects.Dialect.takes`."""
    return namespace in NAMESPACES


def apply(root: Element, namespaces: frozenset[str], findings: Findings) -> None:
    """Translate; see :meth:`engine.bpmn.dialects.Dialect.apply`."""
    java_engines.translate(root, findings, namespaces, VOCABULARY)
