"""What is wrong with decisions: one file a rule, found and not registered.

A rule looks at one file of decisions as it was read and linked, and says what is wrong, at which
element, and what to do. Its id is the name of its file with hyphens, its docstring says why it is
there. What keeps a file from being understood at all is told where it is read (``decision-table``).
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import Protocol, cast

from engine.bpmn.decisions.analysis.examined import Examined
from engine.bpmn.decisions.linking import Linked
from engine.bpmn.decisions.reading import File
from engine.bpmn.problems import Findings
from engine.definitions import Problem


class Rule(Protocol):
    """The module of one rule."""

    def check(self, file: Examined, findings: Findings) -> None:
        """Note what is wrong in ``file``; change nothing."""
        ...


@functools.cache
def rules() -> tuple[tuple[str, Rule], ...]:
    """Return id and module of every rule, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(
        (name.replace("_", "-"), cast(Rule, importlib.import_module(f"{__name__}.{name}")))
        for name in names
    )


def diagnose(file: File, linked: Linked) -> list[Problem]:
    """Return what the rules find in a file that is one of ``linked``."""
    examined = Examined(file, linked)
    problems: list[Problem] = []
    for name, rule in rules():
        findings = Findings(name)
        rule.check(examined, findings)
        problems.extend(findings.problems)
    return problems
