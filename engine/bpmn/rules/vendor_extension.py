"""An element carries settings of another engine.

Such settings say what a task does there: a class to call, a form, a listener. Here they have no
effect, so the definition is a draft until they are replaced by Corral's own, or removed. Settings
without a meaning for a run (versions, templates, technical hints) are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, C, Element, N, local

#: Namespaces of engines whose settings say what happens, and the name people know them by.
_ENGINES = {
    "http://camunda.org/schema/1.0/bpmn": "Camunda 7",
    "http://camunda.org/schema/zeebe/1.0": "Camunda 8",
    "http://flowable.org/bpmn": "Flowable",
    "http://activiti.org/bpmn": "Activiti",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
    "http://www.jboss.org/drools": "jBPM",
    "http://www.bonitasoft.org/studio/connector/definition/6.0": "Bonita",
}
_WITHOUT_MEANING = {
    "asyncAfter",
    "asyncBefore",
    "async",
    "diagramRelationId",
    "exclusive",
    "historyTimeToLive",
    "isStartableInTasklist",
    "jobPriority",
    "modelerTemplate",
    "modelerTemplateIcon",
    "modelerTemplateVersion",
    "properties",
    "property",
    "versionTag",
}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Note once for each element which settings it carries, and once each unknown namespace."""
    unknown: set[str] = set()
    for element in drawing.root.iter():
        if not local(element):
            continue
        found: dict[str, list[str]] = {}
        for namespace, name in _settings(element):
            if namespace in _ENGINES and name not in _WITHOUT_MEANING:
                found.setdefault(_ENGINES[namespace], []).append(name)
            elif namespace not in _ENGINES:
                unknown.add(namespace)
        for engine, names in found.items():
            findings.draft(
                element,
                f"It carries settings of {engine} that have no effect here: "
                f"{', '.join(sorted(set(names)))}.",
                "Say the same with Corral's extensions, then remove these settings.",
            )
    for namespace in sorted(unknown):
        findings.info(
            drawing.root, f"Extensions of the namespace '{namespace}' have no effect here."
        )


def _settings(element: Element) -> Iterator[tuple[str, str]]:
    """Yield namespace and name of each foreign attribute and extension element."""
    for attribute in element.attrib:
        name = str(attribute)
        if name.startswith("{") and not name.startswith((N, "{http://www.w3.org/")):
            namespace, _, plain = name[1:].partition("}")
            if not _draws(namespace):
                yield namespace, plain
    for holder in element.findall(B + "extensionElements"):
        for child in holder:
            if isinstance(child.tag, str) and not child.tag.startswith((C, B)):
                namespace, _, plain = child.tag[1:].rpartition("}")
                if not _draws(namespace):
                    yield namespace, plain


def _draws(namespace: str) -> bool:
    """Say whether a namespace is about the picture or the editor alone."""
    parts = ("bpmn.io/schema", "/color", "schema/modeler", "signavio", "omg.org/spec")
    return not namespace or any(part in namespace for part in parts)
