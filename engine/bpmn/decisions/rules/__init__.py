"""What is wrong with decisions: one file a rule, found and not registered.

A rule looks at one file of decisions as it was read and linked, and says what is wrong, at which
element, and what to do. Its id is the name of its file with hyphens, its docstring says why it is
there. What keeps a file from being understood at all is told where it is read (``decision-table``).
"""

from __future__ import annotations

import functools
from typing import Protocol

from engine.bpmn.decisions.analysis.examined import Examined
from engine.bpmn.decisions.linking import Linked
from engine.bpmn.decisions.reading import File
from engine.bpmn.problems import Findings, rules_in
from engine.definitions import Problem


class Rule(Protocol):
    """The module of one rule."""

    def check(self, file: Examined, findings: Findings) -> None:
        """Note what is wrong in ``file``; change nothing."""
        ...


@functools.cache
def rules() -> tuple[tuple[str, Rule], ...]:
    """Return id and module of every rule, by name."""
    return tuple(rules_in(__name__))


def diagnose(file: File, linked: Linked) -> list[Problem]:
    """Return what the rules find in a file that is one of ``linked``."""
    examined = Examined(file, linked)
    problems: list[Problem] = []
    for name, rule in rules():
        findings = Findings(name)
        rule.check(examined, findings)
        problems.extend(findings.problems)
    return problems
