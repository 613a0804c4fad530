"""Normal-form BPMN to task specs, instead of the library's recursive parser."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.compiling.context import Context
from engine.bpmn.compiling.scopes import Compilation
from engine.bpmn.reader import Document
from engine.bpmn.specs.element import ScopeSpec
from engine.bpmn.xml import B, nodes
from engine.definitions import Problem


@dataclass(frozen=True, slots=True)
class Compiled:
    """What one document compiled to."""

    scopes: list[ScopeSpec]  #: every scope; the stored state names them by index
    processes: tuple[ScopeSpec, ...]  #: those with something to run
    problems: tuple[Problem, ...]


def compile_document(document: Document) -> Compiled:
    """Compile every process of a BPMN document that is in normal form.

    The result is the same for the same bytes, so that stored states keep their meaning. Where a
    problem of severity ``draft`` or ``error`` is reported, the specs are good for looking at
    alone.
    """
    context = Context(document)
    compilation = Compilation(context)
    processes = tuple(
        compilation.process(element)
        for element in document.root.iter(B + "process")
        if nodes(element)
    )
    return Compiled(compilation.scopes, processes, tuple(context.problems))


__all__ = ["Compiled", "compile_document"]
