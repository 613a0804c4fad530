"""What the files of decisions in a deployment define, and what is wrong in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.bpmn.decisions.dmn import children
from engine.bpmn.decisions.linking import Linked, behind, link, requiring
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
    stopped = requiring(
        linked.plan,
        (file.key(id) for file in linked.files for id in _faulty(file, problems[file.name])),
    )
    return {
        file.name: FileReport(file.name, tuple(_drafts(file, stopped)), problems[file.name])
        for file in linked.files
    }


def lacking(linked: Linked, key: str) -> list[Problem]:
    """Return what keeps a decision from being asked, as far as reading and linking find it.

    It is what stands in the decision itself and in what it requires: a circle, a file that is not
    there, logic that nobody has written.
    """
    wanted = {key, *behind(linked.plan, key)}
    return [
        problem
        for file in linked.files
        for problem in file.problems
        if any(file.key(id) in wanted for id in _faulty(file, [problem]))
    ]


def _faulty(file: File, problems: Iterable[Problem]) -> Iterable[str]:
    """Yield the ids of the elements in which something keeps them from being asked."""
    places = {problem.element for problem in problems if problem.severity in _STOPPING}
    for part in file.parts.values() if places else ():
        inside = (each.get("id") for each in part.element.iter())
        if None in places or not places.isdisjoint(inside):
            yield part.id


def _drafts(file: File, stopped: set[str]) -> Iterable[DefinitionDraft]:
    for part in file.parts.values():
        if part.tag not in ("decision", "decisionService"):
            continue
        yield DefinitionDraft(
            key=part.id,
            name=part.name or part.id,
            kind=DefinitionKind.DECISION,
            source=file.name,
            executable=True,
            startable=file.key(part.id) not in stopped,
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
