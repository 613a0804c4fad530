"""Sentences of the standard about whole documents: one breaks it, another keeps it.

The sentences about the flow within one process are in the folder ``constraints``; these need
declarations, pools and other processes, so they are written as documents.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.bpmn.reader import Document, read
from engine.bpmn.rules import diagnose
from engine.definitions import Severity, Source
from tests.engine.bpmn.conftest import HEAD

INFO, WARNING, DRAFT, ERROR = Severity.INFO, Severity.WARNING, Severity.DRAFT, Severity.ERROR
START, TASK, END = '<startEvent id="s"/>', '<task id="a"/>', '<endEvent id="e"/>'


class Sentence(NamedTuple):
    """One sentence, the problem when it is broken, and what stands in the two documents."""

    sentence: str
    clause: str
    rule: str
    severity: Severity
    #: Id of the element the problem is shown at.
    at: str
    wrong: str
    right: str


def process(body: str, key: str = "p", attributes: str = 'isExecutable="true"') -> str:
    """Return a process."""
    return f'<process id="{key}" {attributes}>{body}</process>'


def flow(source: str, target: str) -> str:
    """Return a sequence flow."""
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}"/>'


def document(body: str) -> Document:
    """Return the document with these elements in its definitions."""
    return read(Source("drawing.bpmn", f"{HEAD}{body}</definitions>".encode()))


def found_by(rule: str, body: str) -> list[tuple[str | None, Severity]]:
    """Return element and severity of what one rule finds in a document."""
    return [(one.element, one.severity) for one in diagnose(document(body)) if one.rule == rule]
