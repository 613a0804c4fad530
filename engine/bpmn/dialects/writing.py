"""Writes what a vendor's setting means as Corral's extensions.

What a designer said in Corral's own words stays: a dialect fills gaps and overrides nothing.
"""

from __future__ import annotations

from lxml import etree

from engine.bpmn.extensions import extensions
from engine.bpmn.xml import CORRAL_NAMESPACE, B, C, Element, N, is_drawn_for_corral, local


def may_carry(host: Element, name: str) -> bool:
    """Say whether ``corral:name`` may stand on ``host``; elsewhere it has no effect."""
    return local(host) in extensions()[name].hosts


def extension(host: Element, name: str) -> Element:
    """Return the extension ``corral:name`` of ``host``, made where there is none."""
    holder = _child_of(host, B + "extensionElements")
    found = _child_of(holder, C + name) if holder is not None else None
    return found if found is not None else another(host, name)


def another(host: Element, name: str) -> Element:
    """Append an extension ``corral:name`` to ``host``, beside those that stand there."""
    holder = _child_of(host, B + "extensionElements")
    if holder is None:
        holder = etree.Element(B + "extensionElements")
        _at_line_of(host, holder)
        host.insert(1 if len(host) and local(host[0]) == "documentation" else 0, holder)
    return _child(holder, name)


def put(host: Element, name: str, **attributes: str) -> None:
    """Set the attributes that have a value and are not set yet on ``corral:name`` of ``host``."""
    given = {key: value for key, value in attributes.items() if value}
    if not given:
        return
    element = extension(host, name)
    for key, value in given.items():
        if element.get(key) is None:
            element.set(key, value)


def parameter(
    holder: Element, tag: str, name: str, value: str, language: str | None = None
) -> None:
    """Append ``<corral:tag name value>`` to an extension; ``language`` is that of the value."""
    child = _child(holder, tag)
    child.set("name", name)
    child.set("value", value)
    if language:
        child.set("language", language)


def copy(mapping: Element, tag: str, name: str, source: str) -> None:
    """Append what copies the variable ``source``, if it is set; ``tag`` is input or output."""
    child = _child(mapping, f"copy{'In' if tag == 'input' else 'Out'}")
    child.set("name", name)
    child.set("source", source)


def default_language(root: Element, language: str) -> None:
    """Say what language the document's expressions are in, unless that is said already.

    A document that declares our namespace was drawn for Corral, whose language is Python.
    """
    if root.get(N + "language") is None and not is_drawn_for_corral(root):
        root.set(N + "language", language)


def become(element: Element, tag: str) -> None:
    """Turn ``element`` into another kind of BPMN element."""
    element.tag = B + tag


def write_script(element: Element, text: str, language: str, result: str) -> None:
    """Turn ``element`` into a script task whose value goes to the variable ``result``."""
    become(element, "scriptTask")
    for old in element.findall(B + "script"):
        element.remove(old)
    element.set("scriptFormat", language)
    if result:
        element.set(N + "result", result)
    script = etree.SubElement(element, B + "script")
    script.text = text
    _at_line_of(element, script)


def _child_of(parent: Element, tag: str) -> Element | None:
    """Return the first child with that tag; the library's own search looks at all of them."""
    return next((child for child in parent if child.tag == tag), None)


def _child(holder: Element, name: str) -> Element:
    child = etree.SubElement(holder, C + name, nsmap={"corral": CORRAL_NAMESPACE})
    _at_line_of(holder, child)
    return child


def _at_line_of(near: Element, made: Element) -> None:
    """Show what a dialect wrote at the line of the element it wrote it for."""
    if near.sourceline:
        made.sourceline = near.sourceline


__all__ = [
    "another",
    "become",
    "copy",
    "default_language",
    "extension",
    "may_carry",
    "parameter",
    "put",
    "write_script",
]
