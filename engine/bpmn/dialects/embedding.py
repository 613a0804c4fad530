"""Puts a form that came inside a diagram where the deployment finds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.bpmn.dialects.writing import another
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element


def embed(process: Element, key: str, schema: Mapping[str, Any]) -> None:
    """Write ``schema`` as ``corral:form`` of ``process``.

    What is wrong in it is found where the deployment reads its forms, like that of a form of its
    own.
    """
    element = another(process, "form")
    element.set("key", key)
    element.text = json.dumps(schema)


def embed_text(process: Element, key: str, text: str, findings: Findings) -> None:
    """Do the same with a form as JSON text, which may be no form at all."""
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError):
        schema = None
    if isinstance(schema, dict):
        embed(process, key, schema)
    else:
        findings.draft(
            process, f"Its form '{key}' is not a form in JSON.", "Export the diagram again."
        )


__all__ = ["embed", "embed_text"]
