"""What the files of decisions in a deployment define, and what is wrong in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.bpmn.decisions.dmn import children
from engine.bpmn.decisions.linking import Linked, behind, link
from engine.bpmn.decisions.reading import File, Part
from engine.bpmn.decisions.rules import diagnose
from engine.bpmn.reader import Document
from engine.definitions import DefinitionDraft, DefinitionKind, FileReport, Problem, Severity

_STOPPING = (Severity.DRAFT, Severity.ERROR)


def decision_reports(documents: Iterable[Document]) -> Mapping[str, FileReport]:
    """Return a report for each document of DMN, by the name of its file.

    A gap keeps the decision from being asked that it is in, and those that require it.
    """
    found = [*documents]
    linked = link(found)
    repaired = {document.name: document.problems for document in found}
    problems = {
        file.name: (*repaired[file.name], *file.problems, *diagnose(file, linked))
        for file in linked.files
    }
    stopped = {
        file.key(part.id)
        for file in linked.files
        for part in file.parts.values()
        if _is_stopped(part, problems[file.name])
    }
    return {
        file.name: FileReport(file.name, tuple(_drafts(file, linked, stopped)), problems[file.name])
        for file in linked.files
    }


def _is_stopped(part: Part, problems: Iterable[Problem]) -> bool:
    inside = {each.get("id") for each in part.element.iter()}
    return any(
        problem.severity in _STOPPING and (problem.element is None or problem.element in inside)
        for problem in problems
    )


def _drafts(file: File, linked: Linked, stopped: set[str]) -> Iterable[DefinitionDraft]:
    for part in file.parts.values():
        if part.tag not in ("decision", "decisionService"):
            continue
        key = file.key(part.id)
        yield DefinitionDraft(
            key=part.id,
            name=part.name or part.id,
            kind=DefinitionKind.DECISION,
            source=file.name,
            executable=True,
            startable=not stopped & {key, *behind(linked.plan, key)},
            none_start=False,
            version_tag=_version_tag(part),
        )


def _version_tag(part: Part) -> str | None:
    """Return what the designer calls this version, as Camunda 7, Camunda 8 or Corral write it."""
    attributes = {str(name).rpartition("}")[2]: str(text) for name, text in part.element.items()}
    inside = (
        each.get("value") or ""
        for holder in children(part.element, "extensionElements")
        for each in children(holder, "versionTag")
    )
    return (attributes.get("versionTag") or next(inside, "")).strip() or None
