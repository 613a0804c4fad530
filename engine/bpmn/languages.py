"""Which language the texts of a document are in that name none themselves."""

from __future__ import annotations

from engine.bpmn.expressions import is_said
from engine.bpmn.xml import Element, N


def default_language(element: Element) -> str | None:
    """Return the language of the document that holds ``element``; None when nothing says it.

    ``expressionLanguage`` of the standard comes first; then what the dialect of the modeler found.
    """
    root = element.getroottree().getroot()
    said = root.get("expressionLanguage")
    return said if is_said(said) else root.get(N + "language")
