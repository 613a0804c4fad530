"""Input and output mappings: ``inputOutput`` becomes ``corral:mapping``."""

from __future__ import annotations

import json
import re

from engine.bpmn.dialects.settings import Settings, inner, name_of
from engine.bpmn.dialects.writing import extension, may_carry, parameter, put
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element, local

#: ``${order.customer}``: a variable, or something inside of one.
_PATH = re.compile(r"[$#]\{\s*([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)\s*\}")


def translate(settings: Settings, findings: Findings) -> None:
    """Write the parameters of an element; other variables go on as before."""
    host = settings.element
    if not may_carry(host, "mapping"):
        return
    taken = settings.take("inputOutput")
    mapping = extension(host, "mapping") if taken else host
    for both in taken:
        for one in inner(both, "inputParameter"):
            _write(mapping, "input", one, host, findings)
        for one in inner(both, "outputParameter"):
            _write(mapping, "output", one, host, findings)
        if local(host) != "callActivity" and inner(both, "outputParameter"):
            put(host, "mapping", allOut="true")


def _write(mapping: Element, tag: str, one: Element, host: Element, findings: Findings) -> None:
    name = (one.get("name") or "").strip()
    value, language = _value(one)
    if not name or value is None:
        findings.draft(
            host,
            f"The {tag} '{name}' is computed by a list, map or file that cannot be read here.",
            "Write it as one expression.",
        )
        return
    parameter(mapping, tag, name, value, language)


def _value(one: Element) -> tuple[str | None, str | None]:
    """Return the value of a parameter as Corral writes it, and its language where it has one."""
    script = next(iter(inner(one, "script")), None)
    if script is not None:
        text = (script.text or "").strip()
        return f"= {text}" if text else None, script.get("scriptFormat") or "javascript"
    structure = next(iter(inner(one, "list", "map")), None)
    if structure is not None:
        built = _literal(structure)
        return (f"= {built}" if built is not None else None), "python"
    return (one.text or "").strip(), None


def _literal(element: Element) -> str | None:
    """Return a list, map or value as an expression; None when it calls for more than a path."""
    if name_of(element) == "list":
        items = [_literal(child) for child in element]
        return None if None in items else f"[{', '.join(filter(None, items))}]"
    if name_of(element) == "map":
        pairs = [(json.dumps(child.get("key") or ""), _entry(child)) for child in element]
        if any(value is None for _, value in pairs):
            return None
        return "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
    if name_of(element) == "script":
        return None
    text = (element.text or "").strip()
    path = _PATH.fullmatch(text)
    if path:
        return path[1]
    return None if "${" in text or "#{" in text else json.dumps(text)


def _entry(entry: Element) -> str | None:
    held = next(iter(inner(entry, "list", "map", "value", "script")), None)
    return _literal(entry if held is None else held)


__all__ = ["translate"]
