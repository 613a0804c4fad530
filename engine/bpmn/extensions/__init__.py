"""Corral's extensions of BPMN: one file an extension, found and not registered.

An extension stands in ``bpmn:extensionElements`` and has the namespace ``urn:corral:bpmn:1``. Its
file names the element, the BPMN elements it may stand on, and parses it into a frozen record of
compiled expressions. An attribute or text that begins with ``=`` is an expression, else a literal.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from engine.bpmn.extensions.protocol import Extension
from engine.bpmn.xml import B, C, Element


@functools.cache
def extensions() -> Mapping[str, Extension]:
    """Return every extension by the name of its element."""
    found: dict[str, Extension] = {}
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        extension = getattr(importlib.import_module(module.name), "EXTENSION", None)
        if extension is not None:
            found[extension.name] = extension
    return MappingProxyType(found)


def written_on(element: Element) -> list[Element]:
    """Return the Corral elements directly in the ``extensionElements`` of ``element``."""
    holders = element.findall(B + "extensionElements")
    return [
        child
        for holder in holders
        for child in holder
        if isinstance(child.tag, str) and child.tag.startswith(C)
    ]


def read(element: Element) -> Mapping[str, Any]:
    """Return the parsed settings on ``element`` by name: ``"userTask"``, ``"job"``, ...

    Names no extension has are left to the rules; where one stands twice, the first counts. What
    may stand there more than once is a tuple.

    Raises:
        ExpressionError: a setting does not compile; names the element.
    """
    known = extensions()
    found: dict[str, Any] = {}
    for child in written_on(element):
        name = str(child.tag)[len(C) :]
        if name not in known:
            continue
        if getattr(known[name], "repeatable", False):
            found[name] = (*found.get(name, ()), known[name].parse(child, element))
        elif name not in found:
            found[name] = known[name].parse(child, element)
    return found


__all__ = ["Extension", "extensions", "read", "written_on"]
