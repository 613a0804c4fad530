"""What is wrong with a drawing: one file a rule, found and not registered.

A rule looks at the drawing, after the dialects and before any pass, and says what is wrong, at
which element, and what to do. Its id is the name of its file with hyphens, its docstring says why
it is there. Faults that only compiling shows (an expression that does not compile, a job without a
type, a timer without a time) are reported there, as problems of the same kind.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings, rules_in
from engine.bpmn.reader import Document, DocumentKind
from engine.definitions import Executable, Problem

#: Says whether a key is known: ``known("process" | "decision" | "form", key)``.
Known = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a rule may know beside the document."""

    #: None when nobody can tell: then what is not in sight is only a warning.
    known: Known | None = None
    #: Kind and key of everything in the same deployment.
    deployed_with: frozenset[tuple[str, str]] = frozenset()
    #: What becomes of processes that do not say that they are executable.
    executable: Executable = None
    #: By process of the same deployment, what it calls before it waits: see ``analysis.calls``.
    calls: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    #: By name of a channel, how many characters a reply may have there; empty when unknown.
    reply_limits: Mapping[str, int] = field(default_factory=dict)
    #: The same of private replies, for channels where that is another number.
    private_reply_limits: Mapping[str, int] = field(default_factory=dict)

    def is_to_run(self, key: str) -> bool:
        """Say whether such a process was asked for to be run."""
        if self.executable is None or isinstance(self.executable, bool):
            return self.executable is True
        return key in self.executable

    def can_tell(self) -> bool:
        """Say whether what is not known here is known nowhere."""
        return self.known is not None

    def has(self, kind: str, key: str) -> bool:
        """Say whether the deployment, or the workspace, has such a process, decision or form."""
        return (kind, key) in self.deployed_with or (
            self.known is not None and self.known(kind, key)
        )


class Rule(Protocol):
    """The module of one rule."""

    def check(self, drawing: Drawing, findings: Findings, around: Surroundings) -> None:
        """Note what is wrong in ``drawing``; change nothing."""
        ...


@functools.cache
def rules() -> tuple[tuple[str, Rule], ...]:
    """Return id and module of every rule, by name."""
    return tuple(rules_in(__name__))


def diagnose(document: Document, around: Surroundings | None = None) -> list[Problem]:
    """Return what the rules find in ``document``, which must not be in normal form yet.

    Decision documents have none: see :func:`engine.bpmn.decisions.decision_problems`.
    """
    if document.kind is not DocumentKind.BPMN:
        return []
    drawing = Drawing(document.root)
    problems: list[Problem] = []
    for name, rule in rules():
        findings = Findings(name)
        rule.check(drawing, findings, around or Surroundings())
        problems.extend(findings.problems)
    return problems


def together(
    documents: Iterable[Document], forms: Iterable[str] = ()
) -> frozenset[tuple[str, str]]:
    """Return kind and key of what ``documents`` define, and of the forms with these keys.

    Decisions and decision services are known by their names too.
    """
    found = {("form", key) for key in forms}
    for document in documents:
        decides = document.kind is DocumentKind.DMN
        for element in document.root:
            tag = str(element.tag).rpartition("}")[2]
            if decides and tag in ("decision", "decisionService"):
                found |= {("decision", element.get(name) or "") for name in ("id", "name")}
            elif not decides and (tag == "process" or tag.startswith("global")):
                found.add(("process", element.get("id") or ""))
    return frozenset(one for one in found if one[1])


__all__ = ["Known", "Rule", "Surroundings", "diagnose", "rules", "together"]
