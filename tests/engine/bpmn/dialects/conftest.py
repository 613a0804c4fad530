"""Drawings as other modelers write them, translated; and instances of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from lxml import etree

from engine.bpmn.dialects import translate
from engine.bpmn.extensions import read as settings_on
from engine.bpmn.reader import Document, read
from engine.bpmn.runner import SpiffRunner
from engine.bpmn.xml import C, Element
from engine.definitions import Problem, Severity, Source
from engine.ports import StoredDecision
from tests.engine.bpmn.running.conftest import Case, Draw, Shelf

SPACES = {
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "flowable": "http://flowable.org/bpmn",
    "activiti": "http://activiti.org/bpmn",
    "spiff": "http://spiffworkflow.org/bpmn/schema/1.0/core",
    "drools": "http://www.jboss.org/drools",
    "modeler": "http://camunda.org/schema/modeler/1.0",
}


class Drawn:
    """One translated document."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.document: Document = read(Source("drawing.bpmn", content))
        self.problems: list[Problem] = translate(self.document)

    def at(self, key: str) -> Element:
        element = self.document.root.find(f".//*[@id='{key}']")
        assert element is not None, key
        return element

    def settings(self, key: str) -> Any:
        return settings_on(self.at(key))

    def corral(self, key: str, name: str) -> dict[str, str]:
        """Return the attributes of a Corral extension on an element, {} when there is none."""
        found = self.at(key).find(f".//{C}{name}")
        return {} if found is None else {str(k): str(v) for k, v in found.attrib.items()}

    def parameters(self, key: str, name: str, tag: str) -> dict[str, str]:
        found = self.at(key).findall(f".//{C}{name}/{C}{tag}")
        return {one.get("name", ""): one.get("value") or one.get("source", "") for one in found}

    def noted(self, *severities: Severity) -> list[tuple[str | None, str]]:
        return [(p.element, p.message) for p in self.problems if p.severity in severities]

    @property
    def drafts(self) -> list[str | None]:
        return [element for element, _ in self.noted(Severity.DRAFT, Severity.ERROR)]

    def again(self) -> tuple[bytes, bytes, list[Problem]]:
        """Return the document before and after a second translation, and what that noted."""
        before = etree.tostring(self.document.root)
        problems = translate(self.document)
        return before, etree.tostring(self.document.root), problems


class Vendor:
    """Writes documents with the namespaces of one or more vendors."""

    def content(self, body: str, *prefixes: str, more: str = "", root: str = "") -> bytes:
        spaces = " ".join(f'xmlns:{prefix}="{SPACES[prefix]}"' for prefix in prefixes)
        return (
            '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="defs" '
            f'{spaces} {root}>{more}<process id="p" isExecutable="true">{body}</process>'
            "</definitions>"
        ).encode()

    def __call__(self, body: str, *prefixes: str, more: str = "", root: str = "") -> Drawn:
        return Drawn(self.content(body, *prefixes, more=more, root=root))

    def start(
        self,
        content: bytes,
        variables: dict[str, Any] | None = None,
        others: Iterable[tuple[str, bytes]] = (),
        decisions: Iterable[StoredDecision] = (),
        key: str = "p",
    ) -> Case:
        """Start an instance of the process ``key``."""
        shelf = Shelf()
        shelf.decisions.update({decision.key: decision for decision in decisions})
        for called, other in others:
            shelf.add(called, other)
        stored = shelf.add(key, content)
        case = Case(SpiffRunner(), shelf, stored)
        case.start(variables)
        return case


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
def draw() -> Draw:
    return Draw()
