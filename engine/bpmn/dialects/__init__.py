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

from lxml import etree

from engine.bpmn.problems import Findings
from engine.bpmn.reader import Document, DocumentKind
from engine.bpmn.xml import Element
from engine.definitions import Problem

#: Namespaces of BPMN and XML themselves, and ours.
_OWN = (
    "http://www.omg.org/spec/BPMN/20100524/",
    "http://www.omg.org/spec/DD/20100524/",
    "http://www.w3.org/",
    "urn:corral:",
)


class Dialect(Protocol):
    """The module of one vendor. One that takes what nobody else does has ``CATCH_ALL = True``."""

    def takes(self, namespace: str) -> bool:
        """Say whether it takes care of the attributes and elements of ``namespace``."""
        ...

    def apply(self, root: Element, namespaces: frozenset[str], findings: Findings) -> None:
        """Translate what is below ``root``; a second run changes nothing.

        Args:
            root: the document as it was drawn.
            namespaces: those it declares and this dialect takes; at least one.
            findings: where to note what became of each setting.
        """
        ...


@functools.cache
def dialects() -> tuple[tuple[str, Dialect], ...]:
    """Return id and module of every dialect, by name, the catch-all last."""
    found = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [(name, importlib.import_module(f"{__name__}.{name}")) for name in found]
    modules.sort(key=lambda entry: getattr(entry[1], "CATCH_ALL", False))
    return tuple(
        (name.replace("_", "-"), cast(Dialect, module))
        for name, module in modules
        if hasattr(module, "takes")
    )


def translate(document: Document) -> list[Problem]:
    """Translate ``document`` in place and return what there is to say about it.

    Only dialects whose namespaces the document declares are asked. Decision documents stay as
    they are.
    """
    if document.kind is not DocumentKind.BPMN:
        return []
    open_ones = {space for space in declared(document.root) if not space.startswith(_OWN)}
    problems: list[Problem] = []
    for name, dialect in dialects() if open_ones else ():
        mine = frozenset(filter(dialect.takes, open_ones))
        open_ones -= mine
        if mine:
            findings = Findings(name)
            dialect.apply(document.root, mine, findings)
            problems.extend(findings.problems)
    return problems


def declared(root: Element) -> set[str]:
    """Return every namespace the document declares, wherever it does."""
    return {uri for _, (_, uri) in etree.iterwalk(root, events=("start-ns",)) if uri}


__all__ = ["Dialect", "declared", "dialects", "translate"]
