"""The forms that came inside diagrams: those of Corral and those the dialects found."""

from __future__ import annotations

import json
from collections.abc import Iterable

from engine.bpmn.dialects import translate
from engine.bpmn.errors import UnreadableFileError
from engine.bpmn.reader import Document, Limits, read
from engine.bpmn.xml import C, Element, text_of
from engine.definitions import Form, Source


def forms_inside(sources: Iterable[Source], limits: Limits | None = None) -> tuple[Form, ...]:
    """Return the forms inside those of ``sources`` that are diagrams; none of an unreadable one.

    ``limits`` are those that decide what is readable.
    """
    found: list[Form] = []
    for source in sources:
        # A word search is far cheaper than reading the file twice; a zero byte means UTF-16.
        if b"form" not in source.content.lower() and b"\0" not in source.content:
            continue
        try:
            document = read(source, limits)
        except UnreadableFileError:
            continue
        translate(document)
        found.extend(forms_of(document))
    return tuple(found)


def shown_by(document: Document) -> dict[str, Element]:
    """Return the user task that shows each form of a translated document, by the form's key."""
    found: dict[str, Element] = {}
    for settings in document.root.iter(C + "userTask"):
        holder = settings.getparent()
        host = holder.getparent() if holder is not None else None
        if host is not None:
            found.setdefault((settings.get("form") or "").strip(), host)
    return found


def forms_of(document: Document) -> tuple[Form, ...]:
    """Return the forms inside a document that was translated, in their order."""
    found: dict[str, Form] = {}
    for element in document.root.iter(C + "form"):
        key = (element.get("key") or "").strip()
        try:
            schema = json.loads(text_of(element))
        except (ValueError, RecursionError):
            continue
        if key and isinstance(schema, dict):
            found.setdefault(key, Form(key, schema))
    return tuple(found.values())


__all__ = ["forms_inside", "forms_of", "shown_by"]
