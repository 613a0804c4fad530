"""The mark of Camunda Modeler: which engine a diagram was drawn for."""

from __future__ import annotations

from engine.bpmn.dialects import camunda7
from engine.bpmn.dialects.java_engines import calls
from engine.bpmn.dialects.settings import settings_of
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element, N, is_drawn_for_corral

_MODELER = "http://camunda.org/schema/modeler/1.0"
_LANGUAGES = {"Camunda Cloud": "feel", "Camunda Platform": "juel"}


def takes(namespace: str) -> bool:
    """Take the namespace of the modeler alone."""
    return namespace == _MODELER


def apply(root: Element, namespaces: frozenset[str], findings: Findings) -> None:
    """Say which language expressions are in; the mark decides when two engines are declared."""
    language = _LANGUAGES.get(root.get(f"{{{_MODELER}}}executionPlatform") or "")
    if language is not None and not is_drawn_for_corral(root):
        root.set(N + "language", language)
        if language == "juel":
            _pass_nothing(root, findings)


def _pass_nothing(root: Element, findings: Findings) -> None:
    """Translate call activities of a file in which nothing else is set for Camunda 7."""
    found = list(settings_of(root, camunda7.NAMESPACES, always=frozenset({"callActivity"})))
    if not any(found):  # else the dialect itself does it
        for settings in found:
            calls.translate(settings, findings)
