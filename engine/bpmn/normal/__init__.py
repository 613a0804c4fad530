"""Brings a drawing from the real world to normal form, one small pass after the other.

Each file of this folder is a pass: ``ORDER`` says when it runs and ``apply(root, names, findings)``
changes the tree. A pass notes what it changes as ``info`` (same meaning), or ``draft`` or
``error`` where something had to be left out; where a rule of :mod:`engine.bpmn.rules` reports the
fault itself, the pass is silent. A second run changes nothing. Nothing recurses along the flow.

The order matters: ids, then references and data, then what has to be left out, then links, ad hoc
and event sub-processes, then starts, then quantities, and splits last.

The result uses plain BPMN and the neutral attributes (:data:`engine.bpmn.xml.N`) ``as`` (id people
know the element by), ``completion`` and ``adhoc`` of a former ad-hoc sub-process, ``never``
(cannot run), ``implicit`` (start event that was not drawn), ``kind`` of an added gateway
(``gate``, ``fork``, ``conditional``, ``sequence``) with the ``quantity`` of a gate,
``conversation`` (variable that holds the correlation key of a message between pools), and of
multi-instance loops ``collection``, ``item``, ``output`` and ``output-item``.
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


class Pass(Protocol):
    """The module of one pass."""

    #: Passes run from the lowest to the highest; no two share a number.
    ORDER: int

    def apply(self, root: Element, names: Names, findings: Findings) -> None:
        """Change the tree below ``root`` and note what was changed."""
        ...


@functools.cache
def passes() -> tuple[tuple[str, Pass], ...]:
    """Return id and module of every pass, in the order they run."""
    found = [
        (module.name.replace("_", "-"), importlib.import_module(f"{__name__}.{module.name}"))
        for module in pkgutil.iter_modules(__path__)
    ]
    return tuple(sorted(cast("list[tuple[str, Pass]]", found), key=lambda entry: entry[1].ORDER))


def normalise(document: Document) -> list[Problem]:
    """Bring ``document.root`` to normal form, in place, and return what was changed.

    Decision documents stay as they are.
    """
    if document.kind is not DocumentKind.BPMN:
        return []
    names = Names(document.root)
    problems: list[Problem] = []
    for name, step in passes():
        findings = Findings(name)
        step.apply(document.root, names, findings)
        problems.extend(findings.problems)
    return problems


__all__ = ["Pass", "normalise", "passes"]
