"""Reads files as one deployment: what each defines, and every problem in it.

A file that cannot be read at all has one problem and no definition; nothing here raises for what
a file holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import structlog

from engine.bpmn.analysis.calls import calls_at_once
from engine.bpmn.decisions.reporting import decision_reports
from engine.bpmn.drawing import Drawing
from engine.bpmn.embedded_forms import forms_inside, forms_of, shown_by
from engine.bpmn.errors import UnreadableFileError
from engine.bpmn.expressions import Literal
from engine.bpmn.homes import Homes
from engine.bpmn.normal.global_tasks import GLOBAL_TASKS
from engine.bpmn.pipeline import examine
from engine.bpmn.problems import problem_at
from engine.bpmn.reader import Document, DocumentKind, Limits
from engine.bpmn.reader import read as read_document
from engine.bpmn.rules import Known, Surroundings, together
from engine.bpmn.specs.activities import DecisionTask
from engine.bpmn.specs.element import ScopeSpec
from engine.bpmn.specs.subprocesses import SubProcess
from engine.bpmn.starts import starts_of
from engine.bpmn.xml import B
from engine.definitions import (
    DefinitionDraft,
    DefinitionKind,
    ElementInfo,
    Executable,
    FileReport,
    Form,
    Problem,
    Severity,
    Source,
)
from engine.forms import problems as wrong_in
from engine.forms import read_form

_FORM_SUFFIXES = (".form", ".json")
_log = structlog.get_logger(__name__)
_STOPPING = (Severity.DRAFT, Severity.ERROR)


def read(
    sources: Sequence[Source],
    known: Known | None = None,
    *,
    executable: Executable = None,
    limits: Limits | None = None,
    reply_limits: Mapping[str, int] | None = None,
    private_reply_limits: Mapping[str, int] | None = None,
) -> tuple[FileReport, ...]:
    """Return a report for each source, in their order.

    Args:
        sources: the files of one deployment.
        known: see :meth:`engine.ports.BpmnRunner.read`.
        executable: what becomes of processes that do not say that they are executable.
        limits: how much of each file is looked at.
        reply_limits: by name of a channel, how many characters a reply may have.
        private_reply_limits: the same of private replies, where it is another number.
    """
    opened = [_opened(source, limits) for source in sources]
    documents = [found for found in opened if isinstance(found, Document)]
    keys = [form.key for form in forms(sources, limits)]
    around = Surroundings(
        known, together(documents, keys), executable, _calls(documents), reply_limits or {},
        private_reply_limits or {},
    )  # fmt: skip
    decisions = decision_reports(each for each in documents if each.kind is DocumentKind.DMN)
    return _without_rivals(
        found
        if isinstance(found, FileReport)
        else decisions.get(found.name) or _process_report(found, around)
        for found in opened
    )


def _calls(documents: Sequence[Document]) -> Mapping[str, Mapping[str, bool]]:
    """Return what the processes call at once; a file alone is looked at by its own rules."""
    diagrams = [found.root for found in documents if found.kind is DocumentKind.BPMN]
    found: dict[str, Mapping[str, bool]] = {}
    for root in diagrams if len(diagrams) > 1 else ():
        found |= calls_at_once(Drawing(root))
    return found


def forms(sources: Sequence[Source], limits: Limits | None = None) -> tuple[Form, ...]:
    """Return the forms among the sources that can be read; the key is the schema's id.

    Those inside diagrams that ``limits`` let be read come along; a file of the same key takes
    their place.
    """
    inside = forms_inside((source for source in sources if not _is_form(source)), limits)
    found = (read_form(source)[0] for source in sources if _is_form(source))
    files = [form for form in found if form is not None]
    by_key = {form.key: form for form in (*inside, *files)}
    return tuple(by_key.values())


def _is_form(source: Source) -> bool:
    return source.name.lower().endswith(_FORM_SUFFIXES)


def _opened(source: Source, limits: Limits | None) -> Document | FileReport:
    """Return the document, or the whole report of a form or of what cannot be read."""
    if _is_form(source):
        return FileReport(source.name, (), read_form(source)[1])
    try:
        return read_document(source, limits)
    except UnreadableFileError as error:
        return FileReport(source.name, (), (error.problem,))


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
        process.get("id"): process.get("isExecutable") in ("true", "1")
        for process in document.root.iter(B + "process")
    }
    # A global task has no such mark: it is there to be called.
    drawn |= {task.get("id"): True for tag in GLOBAL_TASKS for task in document.root.iter(B + tag)}
    homes = Homes(document.root)
    try:
        compiled = examine(document, around)
    except Exception as fault:  # noqa: BLE001 - a fault of ours must not hide the other files
        _log.exception("a diagram could not be compiled", file=document.name)
        return _uncompiled(document, fault)
    found = (*compiled.problems, *_problems_of_forms(document))
    problems = _without_repetition(homes.told(found))
    stopped = {problem.process for problem in problems if problem.severity in _STOPPING}
    definitions = tuple(
        _process_draft(document.name, process, compiled.scopes, drawn.get(process.name, False))
        for process in compiled.processes
    )
    if not definitions:
        return FileReport(document.name, (_picture(document),), problems)
    checked = tuple(
        replace(
            each,
            startable=each.startable
            and not stopped & {None, each.key}
            and (each.executable or around.is_to_run(each.key)),
        )
        for each in definitions
    )
    return FileReport(document.name, checked, problems)


def _problems_of_forms(document: Document) -> Iterable[Problem]:
    """Yield what is wrong in the forms inside a document: a draft at most, to be drawn anew."""
    hosts = shown_by(document)
    for form in forms_of(document):
        for problem in wrong_in(form.schema):
            severity = Severity.DRAFT if problem.severity is Severity.ERROR else problem.severity
            message = f"In its form '{form.key}': {problem.message}"
            host = hosts.get(form.key, document.root)
            yield problem_at(host, problem.rule, severity, message, problem.cure)


def _picture(document: Document) -> DefinitionDraft:
    """Return what is stored of a document without anything to run: its drawing, under a key."""
    tags = ("process", "participant", "choreography")
    found = (element for tag in tags for element in document.root.iter(B + tag))
    first = next((element for element in found if element.get("id")), None)
    stem = document.name.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    key = first.get("id", "") if first is not None else stem or "drawing"
    return DefinitionDraft(
        key=key,
        name=(first.get("name") if first is not None else None) or stem or key,
        kind=DefinitionKind.PROCESS,
        source=document.name,
        executable=False,
        startable=False,
        none_start=False,
    )


def _uncompiled(document: Document, fault: Exception) -> FileReport:
    problem = Problem(
        "not-understood",
        Severity.DRAFT,
        None,
        None,
        f"Corral cannot make sense of this drawing ({type(fault).__name__}); the fault is ours.",
        "It is kept as a drawing. Send us the file, and try without its latest changes meanwhile.",
    )
    return FileReport(document.name, (_picture(document),), (*document.problems, problem))


def _process_draft(
    file: str,
    process: ScopeSpec,
    scopes: list[ScopeSpec],
    executable: bool,
) -> DefinitionDraft:
    return DefinitionDraft(
        key=process.name,
        name=process.origin.name or process.name,
        kind=DefinitionKind.PROCESS,
        source=file,
        executable=executable,
        startable=bool(process.starts),
        none_start=process.start_at(None) is not None,
        elements=tuple(_infos(process)),
        version_tag=process.version_tag,
        **starts_of(process),
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
                yield ElementInfo(origin.id, origin.name, origin.kind, _asked(element))
            if isinstance(element, SubProcess):
                pending.append(element.runs)


def _asked(element: Any) -> str | None:
    wanted = element.settings.ref if isinstance(element, DecisionTask) else None
    return wanted.text if isinstance(wanted, Literal) else None


def _without_repetition(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Drop what a rule and the compiler both found; keep the order of the file."""
    first: dict[Any, Problem] = {}
    asked = set()
    for problem in problems:
        if problem.rule == "not-executable":
            asked.add(problem.element)
        elif problem.rule == "executable" and problem.element in asked:
            continue  # the pass only carries out what the rule asks about
        first.setdefault((problem.rule, problem.element, problem.message), problem)
    return tuple(sorted(first.values(), key=lambda problem: problem.line or 0))


__all__ = ["forms", "read"]
