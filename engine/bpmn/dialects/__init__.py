"""Translates what other modelers write into our words: one file a vendor, found, not registered.

A dialect reads the attributes and extension elements of its namespaces and writes what they mean as
Corral's extensions (:data:`engine.bpmn.xml.C`), as plain BPMN, or as the neutral attributes of
:mod:`engine.bpmn.normal`. It runs on the tree as it was drawn, before the rules, so that the rules
see one vocabulary. The uploaded bytes stay as they came.

Every setting of a vendor ends in one of three ways: translated (an ``info`` where that changes more
than the spelling), without meaning here (an ``info`` that says so), or meaningful and not
supported (a ``draft`` with the cure). Nothing is dropped in silence.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import Protocol, cast

from engine.bpmn.problems import Findings
from engine.bpmn.reader import Document, DocumentKind
from engine.bpmn.xml import Element, Names
from engine.definitions import Problem


class Dialect(Protocol):
    """The module of one vendor."""

    #: Namespaces whose attributes and elements it takes care of.
    NAMESPACES: frozenset[str]

    def apply(self, root: Element, names: Names, findings: Findings) -> None:
        """Translate what is below ``root``; a second run changes nothing."""
        ...


@functools.cache
def dialects() -> tuple[tuple[str, Dialect], ...]:
    """Return id and module of every dialect, by name."""
    found = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = ((name, importlib.import_module(f"{__name__}.{name}")) for name in found)
    return tuple(
        (name.replace("_", "-"), cast(Dialect, module))
        for name, module in modules
        if hasattr(module, "NAMESPACES")
    )


def translate(document: Document) -> list[Problem]:
    """Translate ``document`` in place and return what there is to say about it.

    Only dialects whose namespaces the document declares are asked. Decision documents stay as
    they are.
    """
    if document.kind is not DocumentKind.BPMN:
        return []
    declared = _declared(document.root)
    names = Names(document.root)
    problems: list[Problem] = []
    for name, dialect in dialects():
        if declared & dialect.NAMESPACES:
            findings = Findings(name)
            dialect.apply(document.root, names, findings)
            problems.extend(findings.problems)
    return problems


def _declared(root: Element) -> set[str]:
    """Return every namespace the document uses, wherever it is declared."""
    found: set[str] = set()
    for element in root.iter():
        if isinstance(element.tag, str):
            found.update(element.nsmap.values())
    return found


__all__ = ["Dialect", "dialects", "translate"]
