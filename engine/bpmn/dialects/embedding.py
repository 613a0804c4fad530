"""Puts a form that came inside a diagram where the deployment finds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.bpmn.dialects.writing import another
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element
from engine.definitions import Severity
from engine.forms import problems


def embed(
    process: Element, host: Element, key: str, schema: Mapping[str, Any], findings: Findings
) -> None:
    """Write ``schema`` as ``corral:form`` of ``process``, and note at ``host`` what is wrong in it.

    What a form of its own would be refused for makes the diagram a draft: somebody can draw the
    form anew.
    """
    for problem in problems(schema):
        note = findings.draft if problem.severity is Severity.ERROR else findings.warning
        note(host, f"In its form '{key}': {problem.message}", problem.cure)
    element = another(process, "form")
    element.set("key", key)
    element.text = json.dumps(schema)


def embed_text(process: Element, host: Element, key: str, text: str, findings: Findings) -> None:
    """Do the same with a form as JSON text, which may be no form at all."""
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError):
        schema = None
    if isinstance(schema, dict):
        embed(process, host, key, schema, findings)
    else:
        findings.draft(
            host, f"Its form '{key}' is not a form in JSON.", "Export the diagram again."
        )


__all__ = ["embed", "embed_text"]
