"""Reads files as one deployment: what each defines, and every problem in it.

A file that cannot be read at all has one problem and no definition; nothing here raises for what
a file holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from engine.bpmn.decisions import decision_problems, read_decisions
from engine.bpmn.errors import UnreadableFileError
from engine.bpmn.pipeline import examine
from engine.bpmn.reader import Document, DocumentKind
from engine.bpmn.reader import read as read_document
from engine.bpmn.rules import Known, Surroundings, together
from engine.bpmn.specs.element import ScopeSpec
from engine.bpmn.specs.subprocesses import SubProcess
from engine.bpmn.specs.triggers import MessageTrigger
from engine.bpmn.xml import B
from engine.definitions import (
    DefinitionDraft,
    DefinitionKind,
    ElementInfo,
    FileReport,
    Form,
    MessageStart,
    Problem,
    Severity,
    Source,
)
from engine.forms import read_form

_FORM_SUFFIXES = (".form", ".json")
_STOPPING = (Severity.DRAFT, Severity.ERROR)


def read(sources: Sequence[Source], known: Known | None = None) -> tuple[FileReport, ...]:
    """Return a report for each source, in their order.

    Args:
        sources: the files of one deployment.
        known: see :meth:`engine.ports.BpmnRunner.read`.
    """
    opened = [_opened(source) for source in sources]
    documents = [found for found in opened if isinstance(found, Document)]
    keys = [form.key for form in forms(sources)]
    around = Surroundings(known, together(documents, keys))
    reports = (_report(found, around) if isinstance(found, Document) else found for found in opened)
    return _without_rivals(reports)


def forms(sources: Sequence[Source]) -> tuple[Form, ...]:
    """Return the forms among the sources that can be read; the key is the schema's id."""
    found = (read_form(source)[0] for source in sources if _is_form(source))
    return tuple(form for form in found if form is not None)


def _is_form(source: Source) -> bool:
    return source.name.lower().endswith(_FORM_SUFFIXES)


def _opened(source: Source) -> Document | FileReport:
    """Return the document, or the whole report of a form or of what cannot be read."""
    if _is_form(source):
        return FileReport(source.name, (), read_form(source)[1])
    try:
        return read_document(source)
    except UnreadableFileError as error:
        return FileReport(source.name, (), (error.problem,))


def _report(document: Document, around: Surroundings) -> FileReport:
    if document.kind is DocumentKind.DMN:
        return _decision_report(document)
    return _process_report(document, around)


def _without_rivals(reports: Iterable[FileReport]) -> tuple[FileReport, ...]:
    """Add a problem where a process or decision is defined by an earlier file as well."""
    homes: dict[tuple[DefinitionKind, str], str] = {}
    checked = []
    for report in reports:
        rivals = []
        for draft in report.definitions:
            home = homes.setdefault((draft.kind, draft.key), draft.source)
            if home != draft.source:
                message = f"The {draft.kind} '{draft.key}' is defined in {home} as well."
                cure = "Leave one of the files out, or give one of the two another id."
                rivals.append(
                    Problem("defined-twice", Severity.ERROR, draft.key, None, message, cure)
                )
        checked.append(replace(report, problems=(*report.problems, *rivals)))
    return tuple(checked)


# -- processes -----------------------------------------------------------------------------------


def _process_report(document: Document, around: Surroundings) -> FileReport:
    drawn = {
        process.get("id"): process.get("isExecutable") == "true"
        for process in document.root.iter(B + "process")
    }
    compiled = examine(document, around)
    problems = _without_repetition(compiled.problems)
    # A file is compiled as a whole, so a gap anywhere in it keeps all its processes from starting.
    startable = not any(problem.severity in _STOPPING for problem in problems)
    definitions = tuple(
        _process_draft(document.name, process, compiled.scopes, startable, drawn)
        for process in compiled.processes
    )
    return FileReport(document.name, definitions, problems)


def _process_draft(
    file: str,
    process: ScopeSpec,
    scopes: list[ScopeSpec],
    startable: bool,
    drawn: dict[str | None, bool],
) -> DefinitionDraft:
    starts = tuple(
        MessageStart(trigger.name, start.bpmn_id or start.name)
        for start in process.starts
        for trigger in start.triggers
        if isinstance(trigger, MessageTrigger)
    )
    return DefinitionDraft(
        key=process.name,
        name=process.origin.name or process.name,
        kind=DefinitionKind.PROCESS,
        source=file,
        executable=drawn.get(process.name, False),
        startable=startable and bool(process.starts),
        message_starts=starts,
        none_start=process.start_at(None) is not None,
        elements=tuple(_infos(process)),
    )


def _infos(process: ScopeSpec) -> Iterable[ElementInfo]:
    seen: set[str] = set()
    pending = [process]
    while pending:
        scope = pending.pop(0)
        for element in scope.elements:
            origin = element.origin
            if origin.id is not None and origin.id not in seen:
                seen.add(origin.id)
                yield ElementInfo(origin.id, origin.name, origin.kind)
            if isinstance(element, SubProcess):
                pending.append(element.runs)


def _without_repetition(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Drop what a rule and the compiler both found; keep the order of the file."""
    first: dict[Any, Problem] = {}
    for problem in problems:
        first.setdefault((problem.rule, problem.element, problem.message), problem)
    return tuple(sorted(first.values(), key=lambda problem: problem.line or 0))


# -- decisions -----------------------------------------------------------------------------------


def _decision_report(document: Document) -> FileReport:
    problems = (*document.problems, *decision_problems(document))
    startable = not any(problem.severity in _STOPPING for problem in problems)
    definitions = tuple(
        DefinitionDraft(
            key=decision.key,
            name=decision.name or decision.key,
            kind=DefinitionKind.DECISION,
            source=document.name,
            executable=True,
            startable=startable,
            none_start=False,
        )
        for decision in read_decisions(document)
    )
    return FileReport(document.name, definitions, problems)


__all__ = ["forms", "read"]
