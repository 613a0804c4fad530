"""A Corral extension is misspelt, or stands where it has no effect.

A setting that nobody reads is a setting that somebody believes in. Correct the name, or move it to
the element it is for.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.bpmn.drawing import Drawing
from engine.bpmn.extensions import Extension, extensions, written_on
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import C, Element, local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every Corral element, its host, attributes and children."""
    for host in drawing.root.iter():
        if not local(host):
            continue
        seen: set[str] = set()
        for element in written_on(host):
            name = str(element.tag)[len(C) :]
            extension = extensions().get(name)
            if extension is None:
                _note(host, f"There is no <corral:{name}>.", extensions(), findings)
                continue
            if name in seen and not getattr(extension, "repeatable", False):
                _note(host, f"<corral:{name}> stands there twice.", (), findings)
            seen.add(name)
            _check_extension(host, element, extension, findings)
        for attribute in map(str, host.attrib):
            if attribute.startswith(C):
                name = attribute[len(C) :]
                _note(host, f"There is no attribute corral:{name}.", extensions(), findings)


def _check_extension(
    host: Element, element: Element, extension: Extension, findings: Findings
) -> None:
    name = extension.name
    if local(host) not in extension.hosts:
        _note(host, f"<corral:{name}> has no effect here.", extension.hosts, findings)
    for attribute in map(str, element.attrib):
        if attribute not in extension.attributes:
            message = f"<corral:{name}> has no setting '{attribute}'."
            _note(host, message, extension.attributes, findings)
    for child in element:
        tag = str(child.tag)
        if not tag.startswith(C) or tag[len(C) :] not in extension.children:
            message = f"<corral:{name}> holds no <{tag.rpartition('}')[2]}>."
            _note(host, message, extension.children, findings)


def _note(host: Element, message: str, known: Iterable[str], findings: Findings) -> None:
    names = ", ".join(sorted(known))
    findings.error(host, message, f"Use one of: {names}." if names else "Remove it.")
