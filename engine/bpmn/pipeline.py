"""The small compiler a diagram goes through, in its one order.

Translate (dialects), diagnose (rules), normalise (passes), compile (specs). Whoever uploads sees
what every step found; a stored file, which was diagnosed when it came, is only rebuilt.
"""

from __future__ import annotations

from dataclasses import replace

from lxml import etree

from engine.bpmn.compiling import Compiled, compile_document
from engine.bpmn.dialects import translate
from engine.bpmn.normal import normalise
from engine.bpmn.reader import Document
from engine.bpmn.rules import Surroundings, diagnose
from engine.definitions import NormalForm


def build(document: Document) -> Compiled:
    """Return what ``document`` compiles to; its tree is changed."""
    translate(document)
    normalise(document)
    return compile_document(document)


def normal_form(document: Document) -> NormalForm:
    """Return ``document`` as it is compiled, and what each dialect and pass changed in it."""
    notes = (*document.problems, *translate(document), *normalise(document))
    etree.indent(document.root)
    xml = etree.tostring(document.root, encoding="unicode")
    return NormalForm(xml, notes)


def examine(document: Document, around: Surroundings) -> Compiled:
    """Return what ``document`` compiles to, with every problem of every step; as :func:`build`."""
    found = [
        *document.problems,
        *translate(document),
        *diagnose(document, around),
        *normalise(document),
    ]
    compiled = compile_document(document)
    return replace(compiled, problems=(*found, *compiled.problems))


__all__ = ["build", "examine", "normal_form"]
